//! Sets of positions: sorted sets whose scores are cells of the Earth.
use super::sorted::Sorted;
use super::sphere::Position;
use super::{Call, Elements, Outcome, WRONG_TYPE};
use crate::model::{Failure, refuse};
use crate::value::Value;

const NOT_A_FLOAT: &str = "ERR value is not a valid float";
const NO_MEMBER: &str = "ERR could not decode requested zset member";

/// Metres by which two ways to compute a distance may differ.
const SLACK: f64 = 0.001;

/// What a search asks for.
struct Area {
    center: Position,
    /// In metres: a radius, or a width and a height.
    extent: Vec<f64>,
    unit: f64,
}

/// A member that is found.
#[derive(Clone)]
struct Hit {
    name: Vec<u8>,
    score: f64,
    /// In metres.
    distance: f64,
    /// It is so near the border that it may be left out.
    is_unsure: bool,
}

impl Area {
    /// By how much a position is outside, in metres, or inside, if that is negative.
    fn excess(&self, place: Position) -> f64 {
        match self.extent[..] {
            [radius] => self.center.distance(place) - radius,
            [width, height] => {
                let level = Position { latitude: place.latitude, ..self.center };
                let above = Position { longitude: self.center.longitude, ..place };
                let across = level.distance(place) - width / 2.0;
                across.max(self.center.distance(above) - height / 2.0)
            }
            _ => unreachable!("an area is a circle or a box"),
        }
    }
}

impl Call<'_> {
    pub(super) fn run_geo(&mut self, name: &str) -> Outcome {
        match name {
            "GEOADD" => self.geoadd(),
            "GEODIST" => self.geodist(),
            "GEOHASH" => {
                let text = |place: Option<Position>| {
                    place.map_or(Value::Null, |place| Value::bulk(place.text()))
                };
                Ok(Value::Array(self.places(2)?.into_iter().map(text).collect()))
            }
            "GEOPOS" => self.geopos(),
            _ => self.geosearch(name),
        }
    }

    /// Where the members are that the arguments from `first` on name.
    fn places(&self, first: usize) -> Result<Vec<Option<Position>>, Failure> {
        let sorted = self.sorted(1)?;
        let names = self.arguments[first..].iter();
        Ok(names.map(|name| sorted.get(name).copied().map(Position::of_score)).collect())
    }

    fn position(&self, index: usize) -> Result<Position, Failure> {
        let (longitude, latitude) =
            (self.float(index, NOT_A_FLOAT)?, self.float(index + 1, NOT_A_FLOAT)?);
        let place = Position { longitude, latitude };
        if place.is_valid() {
            return Ok(place);
        }
        refuse(&format!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}"))
    }

    fn unit(&self, index: usize) -> Result<f64, Failure> {
        match &self.arguments[index].to_ascii_lowercase()[..] {
            b"m" => Ok(1.0),
            b"km" => Ok(1_000.0),
            b"ft" => Ok(0.3048),
            b"mi" => Ok(1_609.34),
            _ => refuse("ERR unsupported unit provided. please use M, KM, FT, MI"),
        }
    }

    fn geoadd(&mut self) -> Outcome {
        let words = self.arguments[2..].iter().take_while(|word| word[0].is_ascii_alphabetic());
        let first = 2 + words.count();
        let [nx, xx, ch] = ["NX", "XX", "CH"].map(|word| self.has_word(2, word));
        let mut found = Vec::new();
        for index in (first..self.count()).step_by(3) {
            found.push((self.arguments[index + 2].clone(), self.position(index)?.score()));
        }
        let mut sorted = self.sorted(1)?;
        let (mut added, mut changed) = (0, 0);
        for (name, score) in found {
            match sorted.get(&name) {
                None if xx => continue,
                None => added += 1,
                Some(_) if nx => continue,
                Some(old) => changed += i64::from(old.to_bits() != score.to_bits()),
            }
            sorted.insert(name, score);
        }
        if added + changed > 0 {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(if ch { added + changed } else { added }))
    }

    fn geodist(&mut self) -> Outcome {
        let unit = if self.count() > 4 { self.unit(4)? } else { 1.0 };
        match self.places(2)?[..2] {
            [Some(one), Some(other)] => {
                let distance = one.distance(other) / unit;
                self.legal(is_near(self.actual, distance), &format!("about {distance}"))
            }
            _ => Ok(Value::Null),
        }
    }

    fn geopos(&mut self) -> Outcome {
        let places = self.places(2)?;
        let is_right = |(actual, place): (&Value, &Option<Position>)| match (actual, place) {
            (Value::Null, None) => self.resp3(),
            (Value::NullArray, None) => !self.resp3(),
            (_, None) => false,
            (actual, Some(place)) => is_there(actual, *place),
        };
        let is_legal = match self.actual {
            Value::Lost => true,
            Value::Array(items) => {
                items.len() == places.len() && items.iter().zip(&places).all(is_right)
            }
            _ => false,
        };
        self.legal(is_legal, &format!("{places:?}"))
    }

    fn geosearch(&mut self, name: &str) -> Outcome {
        let is_stored_there = name == "GEOSEARCHSTORE";
        let target = match name {
            "GEOSEARCHSTORE" => Some(1),
            _ => (2..self.count())
                .find(|at| self.is_word(*at, "STORE") || self.is_word(*at, "STOREDIST"))
                .map(|at| at + 1),
        };
        let source = 1 + usize::from(is_stored_there);
        if self.entry(source).is_some_and(|entry| entry.kind() != "zset") {
            return refuse(WRONG_TYPE);
        }
        let area = self.area(name, source)?;
        let hits = area.as_ref().map_or(Ok(Vec::new()), |area| self.hits(source, area))?;
        let count = match (3..self.count()).find(|at| self.is_word(*at, "COUNT")) {
            Some(at) => Some(self.integer(at + 1)? as usize),
            None => None,
        };
        let unit = area.map_or(1.0, |area| area.unit);
        if let Some(target) = target {
            return self.store_hits(target, unit, hits, count);
        }
        let objection = self.objection(&hits, unit, count);
        self.legal(objection.is_none(), &objection.unwrap_or_default())
    }

    /// What is searched; nothing where there is nothing to search.
    fn area(&self, name: &str, source: usize) -> Result<Option<Area>, Failure> {
        let is_new = name.starts_with("GEOSEARCH");
        let find = |word| (source + 1..self.count()).find(|at| self.is_word(*at, word));
        let member = if is_new {
            find("FROMMEMBER").map(|at| at + 1)
        } else {
            name.starts_with("GEORADIUSBYMEMBER").then_some(2)
        };
        let sorted = self.sorted(source)?;
        let center = match member {
            _ if sorted.is_empty() => return Ok(None),
            Some(at) => match sorted.get(&self.arguments[at]) {
                Some(score) => Position::of_score(*score),
                None => return refuse(NO_MEMBER),
            },
            None if is_new => self.position(find("FROMLONLAT").expect("as it is said") + 1)?,
            None => self.position(2)?,
        };
        let (first, count) = match find("BYBOX").filter(|_| is_new) {
            Some(at) => (at + 1, 2),
            None if is_new => (find("BYRADIUS").expect("as it is said") + 1, 1),
            None => (if member.is_some() { 3 } else { 4 }, 1),
        };
        let unit = self.unit(first + count)?;
        let extent: Result<Vec<f64>, Failure> =
            (first..first + count).map(|at| Ok(self.float(at, NOT_A_FLOAT)? * unit)).collect();
        Ok(Some(Area { center, extent: extent?, unit }))
    }

    /// The members in an area, the nearest first.
    fn hits(&self, source: usize, area: &Area) -> Result<Vec<Hit>, Failure> {
        let mut hits = Vec::new();
        for (name, score) in self.sorted(source)? {
            let place = Position::of_score(score);
            let excess = area.excess(place);
            if excess < SLACK {
                let (distance, is_unsure) = (area.center.distance(place), excess > -SLACK);
                hits.push(Hit { name, score, distance, is_unsure });
            }
        }
        hits.sort_by(|one, other| one.distance.total_cmp(&other.distance));
        Ok(hits)
    }

    /// Where it cannot be told what is stored, nobody knows any more what is there.
    fn store_hits(
        &mut self,
        target: usize,
        unit: f64,
        mut hits: Vec<Hit>,
        count: Option<usize>,
    ) -> Outcome {
        let mut is_unsure = hits.iter().any(|hit| hit.is_unsure);
        if let Some(count) = count.filter(|count| *count < hits.len()) {
            if self.has_word(3, "DESC") {
                hits.reverse();
            }
            is_unsure |= (hits[count].distance - hits[count - 1].distance).abs() < SLACK;
            hits.truncate(count);
        }
        if is_unsure && self.model.undo.is_none() {
            self.model.is_lost = true;
            return Ok(self.actual.clone());
        }
        let stores_distance = self.has_word(3, "STOREDIST");
        let score = |hit: &Hit| if stores_distance { hit.distance / unit } else { hit.score };
        let stored: Sorted = hits.iter().map(|hit| (hit.name.clone(), score(hit))).collect();
        let count = stored.len() as i64;
        self.replace_by(target, Elements::Sorted(stored));
        Ok(Value::Integer(count))
    }

    /// What is wrong with the reply to a search, in which these may be.
    fn objection(&self, hits: &[Hit], unit: f64, count: Option<usize>) -> Option<String> {
        if *self.actual == Value::Lost {
            return None;
        }
        let Value::Array(items) = self.actual else { return Some("an array".to_owned()) };
        let mut left: Vec<&Hit> = hits.iter().collect();
        let mut shown = Vec::new();
        for item in items {
            let parts = self.parts_of(item);
            let Some(at) = left.iter().position(|hit| parts[0] == Value::bulk(&hit.name)) else {
                return Some(format!("without {}", parts[0].to_text(false)));
            };
            let hit = left.remove(at);
            if !self.shows(&parts[1..], hit, unit) {
                return Some(format!("{} with other details", hit.name.escape_ascii()));
            }
            shown.push(hit.distance);
        }
        let sure_count = hits.iter().filter(|hit| !hit.is_unsure).count();
        let limit = count.unwrap_or(usize::MAX);
        if shown.len() > limit || shown.len() < limit.min(sure_count) {
            return Some(format!("{sure_count} members, {count:?} at most"));
        }
        let is_any = self.has_word(3, "ANY");
        let is_back = self.has_word(3, "DESC");
        if is_back {
            for distance in &mut shown {
                *distance = -*distance;
            }
        }
        let is_sorted = self.has_word(3, "ASC") || is_back || count.is_some() && !is_any;
        if is_sorted && shown.windows(2).any(|pair| pair[1] < pair[0] - SLACK) {
            return Some("members in order".to_owned());
        }
        let last = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_passed_over = |hit: &&Hit| {
            let distance = if is_back { -hit.distance } else { hit.distance };
            !hit.is_unsure && distance < last - SLACK
        };
        let has_passed = is_sorted && !is_any && left.iter().any(is_passed_over);
        has_passed.then(|| "those that come first".to_owned())
    }

    /// A member that is found, with what is shown of it.
    fn parts_of(&self, item: &Value) -> Vec<Value> {
        let shows = ["WITHDIST", "WITHHASH", "WITHCOORD"].map(|word| self.has_word(3, word));
        match item.elements() {
            Some(parts @ [_, ..]) if shows.contains(&true) => parts.to_vec(),
            _ => vec![item.clone()],
        }
    }

    /// Is this what is shown of a member besides its name?
    fn shows(&self, parts: &[Value], hit: &Hit, unit: f64) -> bool {
        let mut parts = parts.iter();
        let mut is_right = true;
        if self.has_word(3, "WITHDIST") {
            is_right &= parts.next().is_some_and(|part| is_near(part, hit.distance / unit));
        }
        if self.has_word(3, "WITHHASH") {
            is_right &= parts.next() == Some(&Value::Integer(hit.score as i64));
        }
        if self.has_word(3, "WITHCOORD") {
            let place = Position::of_score(hit.score);
            is_right &= parts.next().is_some_and(|part| is_there(part, place));
        }
        is_right && parts.next().is_none()
    }
}

/// Is this a text or a number close to `wanted`? Distances have four digits behind the point.
fn is_near(value: &Value, wanted: f64) -> bool {
    let text = match value {
        Value::Bulk(text) => String::from_utf8_lossy(text).into_owned(),
        Value::Double(text) => text.clone(),
        other => return *other == Value::Lost,
    };
    text.parse().is_ok_and(|number: f64| (number - wanted).abs() < 0.000_1 + wanted * 1e-9)
}

/// Is this a longitude and a latitude?
fn is_there(value: &Value, place: Position) -> bool {
    let is_close = |value: &Value, angle: f64| match value {
        Value::Bulk(text) => close(&String::from_utf8_lossy(text), angle),
        Value::Double(text) => close(text, angle),
        _ => false,
    };
    matches!(value.elements(), Some([longitude, latitude])
        if is_close(longitude, place.longitude) && is_close(latitude, place.latitude))
}

fn close(text: &str, angle: f64) -> bool {
    text.parse().is_ok_and(|number: f64| (number - angle).abs() < 1e-9)
}
