//! The arguments of a search: around what, how far, and what becomes of the results.
use super::cell::Position;
use super::distance;
use super::shape::{Extent, Shape};
use super::{coordinates, position_of};
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::Request;
use crate::stdx::double;
use crate::store::Entry;

/// Which command asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// GEORADIUS.
    Around,
    /// GEORADIUSBYMEMBER.
    AroundMember,
    /// GEOSEARCH.
    Search,
    /// GEOSEARCHSTORE.
    SearchStore,
}

impl Form {
    const fn is_search(self) -> bool {
        matches!(self, Self::Search | Self::SearchStore)
    }

    /// The argument that is the key to search.
    pub(super) const fn source(self) -> usize {
        if matches!(self, Self::SearchStore) { 2 } else { 1 }
    }

    /// Where options begin.
    const fn first_option(self) -> usize {
        match self {
            Self::Around => 6,
            Self::AroundMember => 5,
            Self::Search => 2,
            Self::SearchStore => 3,
        }
    }
}

/// In which order results come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sorting {
    NearestFirst,
    FarthestFirst,
}

/// By what a centre is given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Center {
    Member,
    Coordinates,
}

/// A search with its options.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) with_distance: bool,
    pub(super) with_hash: bool,
    pub(super) with_position: bool,
    pub(super) sorting: Option<Sorting>,
    /// The most results.
    pub(super) count: Option<u64>,
    /// The first ones that are found will do.
    pub(super) is_any: bool,
    /// The argument that is the key to store them as.
    pub(super) target: Option<usize>,
    /// Not their hashes are stored, but their distances.
    pub(super) stores_distance: bool,
    given: Option<Center>,
    center: Position,
    extent: Option<Extent>,
    unit: f64,
}

impl Asked {
    /// What is searched. The key exists.
    pub(super) fn shape(&self) -> Shape {
        let extent = self.extent.expect("only without a key a search may have no extent");
        Shape { center: self.center, extent, unit: self.unit }
    }
}

impl Asked {
    /// The work of each of so many results: it is answered or stored, and sorted before.
    pub(super) fn result_work(&self, count: u64) -> u64 {
        // It is sought by its rank, once to measure the reply and once to write it.
        let shown_work = if self.with_hash || self.with_position { work::PICK } else { 0 };
        let put_work = if self.target.is_some() { work::PUT } else { work::VISIT };
        let levels = u64::from(u64::BITS - count.leading_zeros());
        let sort_work = if self.sorting.is_some() { levels * work::SORT } else { 0 };
        shown_work + put_work + sort_work
    }
}

/// Reads the arguments of a command.
#[derive(Clone, Copy)]
pub(super) struct Parser<'a, 'r> {
    pub(super) request: &'a Request<'r>,
    pub(super) form: Form,
    /// STORE and STOREDIST are no errors.
    pub(super) can_store: bool,
    /// What is searched, if it is there.
    pub(super) entry: Option<Entry>,
}

impl Parser<'_, '_> {
    pub(super) fn parse(self, cx: &mut Context<'_>) -> Result<Asked, CommandError> {
        let mut asked = Asked {
            with_distance: false,
            with_hash: false,
            with_position: false,
            sorting: None,
            count: None,
            is_any: false,
            target: (self.form == Form::SearchStore).then_some(1),
            stores_distance: false,
            given: None,
            center: Position::default(),
            extent: None,
            unit: 1.0,
        };
        if self.form == Form::Around {
            asked.center = coordinates(cx, self.request, 2)?;
            self.circle(&mut asked, 4)?;
        } else if self.form == Form::AroundMember && self.entry.is_some() {
            asked.center = self.member(cx, 2)?;
            self.circle(&mut asked, 3)?;
        }
        let mut index = self.form.first_option();
        while index < self.request.argument_count() {
            index += self.option(cx, &mut asked, index)?;
        }
        self.check(cx, &asked)?;
        if asked.count.is_some() && asked.sorting.is_none() && !asked.is_any {
            // Of all that there are, a few are the nearest ones.
            asked.sorting = Some(Sorting::NearestFirst);
        }
        Ok(asked)
    }

    /// Is `word` at `index`, and as many values behind it?
    fn has(self, index: usize, word: &str, value_count: usize) -> bool {
        let rest_count = self.request.argument_count() - index - 1;
        rest_count >= value_count && is_word(self.request.argument(index), word)
    }

    /// Reads the option at `index`; how many arguments it has.
    fn option(
        self,
        cx: &mut Context<'_>,
        asked: &mut Asked,
        index: usize,
    ) -> Result<usize, CommandError> {
        let flag = [
            ("WITHDIST", &mut asked.with_distance),
            ("WITHHASH", &mut asked.with_hash),
            ("WITHCOORD", &mut asked.with_position),
            ("ANY", &mut asked.is_any),
        ];
        if let Some((_, flag)) = flag.into_iter().find(|(word, _)| self.has(index, word, 0)) {
            *flag = true;
        } else if self.has(index, "ASC", 0) {
            asked.sorting = Some(Sorting::NearestFirst);
        } else if self.has(index, "DESC", 0) {
            asked.sorting = Some(Sorting::FarthestFirst);
        } else if self.has(index, "COUNT", 1) {
            let count = integer(self.request.argument(index + 1))?;
            if count <= 0 {
                return Err(CommandError::Line("ERR COUNT must be > 0"));
            }
            asked.count = Some(count.cast_unsigned());
            return Ok(2);
        } else if self.form == Form::SearchStore && self.has(index, "STOREDIST", 0) {
            asked.stores_distance = true;
        } else if self.form.is_search() {
            return self.place(cx, asked, index);
        } else if self.can_store && (self.has(index, "STORE", 1) || self.has(index, "STOREDIST", 1))
        {
            asked.target = Some(index + 1);
            asked.stores_distance = self.has(index, "STOREDIST", 1);
            return Ok(2);
        } else {
            return Err(CommandError::SYNTAX);
        }
        Ok(1)
    }

    /// Reads an option of GEOSEARCH that says around what, or how far.
    fn place(
        self,
        cx: &mut Context<'_>,
        asked: &mut Asked,
        index: usize,
    ) -> Result<usize, CommandError> {
        let is_given = |other: Center| asked.given == Some(other);
        let is_box = matches!(asked.extent, Some(Extent::Box { .. }));
        let is_circle = matches!(asked.extent, Some(Extent::Circle { .. }));
        if self.has(index, "FROMMEMBER", 1) && !is_given(Center::Coordinates) {
            if self.entry.is_some() {
                asked.center = self.member(cx, index + 1)?;
            }
            asked.given = Some(Center::Member);
            return Ok(2);
        }
        if self.has(index, "FROMLONLAT", 2) && !is_given(Center::Member) {
            asked.center = coordinates(cx, self.request, index + 1)?;
            asked.given = Some(Center::Coordinates);
            return Ok(3);
        }
        if self.has(index, "BYRADIUS", 2) && !is_box {
            self.circle(asked, index + 1)?;
            return Ok(3);
        }
        if self.has(index, "BYBOX", 3) && !is_circle {
            self.rectangle(asked, index + 1)?;
            return Ok(4);
        }
        Err(CommandError::SYNTAX)
    }

    /// Where the member named by an argument is.
    fn member(self, cx: &Context<'_>, index: usize) -> Result<Position, CommandError> {
        let position = position_of(cx, self.entry, self.request.argument(index));
        position.ok_or(CommandError::Line("ERR could not decode requested zset member"))
    }

    /// A number at `index`, or the error line.
    fn number(self, index: usize, line: &'static str) -> Result<f64, CommandError> {
        double::parse(self.request.argument(index)).ok_or(CommandError::Line(line))
    }

    /// A radius and its unit.
    fn circle(self, asked: &mut Asked, index: usize) -> Result<(), CommandError> {
        let radius = self.number(index, "ERR need numeric radius")?;
        if radius < 0.0 {
            return Err(CommandError::Line("ERR radius cannot be negative"));
        }
        asked.unit = distance::unit(self.request.argument(index + 1))?;
        asked.extent = Some(Extent::Circle { radius });
        Ok(())
    }

    /// A width, a height and their unit.
    fn rectangle(self, asked: &mut Asked, index: usize) -> Result<(), CommandError> {
        let width = self.number(index, "ERR need numeric width")?;
        let height = self.number(index + 1, "ERR need numeric height")?;
        if width < 0.0 || height < 0.0 {
            return Err(CommandError::Line("ERR height or width cannot be negative"));
        }
        asked.unit = distance::unit(self.request.argument(index + 2))?;
        asked.extent = Some(Extent::Box { width, height });
        Ok(())
    }

    /// Refuses options that are missing, or do not go with each other.
    fn check(self, cx: &mut Context<'_>, asked: &Asked) -> Result<(), CommandError> {
        let shows_more = asked.with_distance || asked.with_hash || asked.with_position;
        if asked.target.is_some() && shows_more {
            return Err(CommandError::Line(if self.form == Form::SearchStore {
                "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
            } else {
                "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and \
                 WITHCOORD options"
            }));
        }
        let name = self.request.argument(0);
        if self.form.is_search() && asked.given.is_none() {
            let text: &[u8] = b"ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ";
            return cx.fail("ERR", &[text, name]);
        }
        if self.form.is_search() && asked.extent.is_none() {
            let text: &[u8] = b"ERR exactly one of BYRADIUS and BYBOX can be specified for ";
            return cx.fail("ERR", &[text, name]);
        }
        if asked.is_any && asked.count.is_none() {
            return Err(CommandError::Line("ERR the ANY argument requires COUNT argument"));
        }
        Ok(())
    }
}
