//! GEOSEARCH and its older relatives: members around a position.
use super::asked::{Asked, Form, Parser};
use super::hits::{Found, Search, Walk};
use super::reply::Shown;
use super::{sorting, store};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::{Entry, Type};
use core::cell::Cell;

/// `GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX
/// width height unit [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]`: the
/// members in a circle or a box. O(log n), and O(1) for each member of up to nine cells around it,
/// up to `command-work-max`.
pub fn geosearch(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    search(cx, request, Form::Search, false)
}

/// `GEORADIUS key longitude latitude radius unit [WITHCOORD] [WITHDIST] [WITHHASH]
/// [COUNT count [ANY]] [ASC | DESC] [STORE key | STOREDIST key]`: as GEOSEARCH or GEOSEARCHSTORE.
pub fn georadius(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    search(cx, request, Form::Around, true)
}

/// `GEORADIUS_RO key longitude latitude radius unit [WITHCOORD] [WITHDIST] [WITHHASH]
/// [COUNT count [ANY]] [ASC | DESC]`: as GEOSEARCH.
pub fn georadius_ro(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    search(cx, request, Form::Around, false)
}

/// `GEORADIUSBYMEMBER key member radius unit [WITHCOORD] [WITHDIST] [WITHHASH]
/// [COUNT count [ANY]] [ASC | DESC] [STORE key | STOREDIST key]`: as GEOSEARCH or GEOSEARCHSTORE.
pub fn georadiusbymember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    search(cx, request, Form::AroundMember, true)
}

/// `GEORADIUSBYMEMBER_RO key member radius unit [WITHCOORD] [WITHDIST] [WITHHASH]
/// [COUNT count [ANY]] [ASC | DESC]`: as GEOSEARCH.
pub fn georadiusbymember_ro(
    cx: &mut Context<'_>,
    request: &Request<'_>,
) -> Result<(), CommandError> {
    search(cx, request, Form::AroundMember, false)
}

/// `GEOSEARCHSTORE destination source FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS
/// radius unit | BYBOX width height unit [ASC | DESC] [COUNT count [ANY]] [STOREDIST]`: stores the
/// members that GEOSEARCH answers; how many. As GEOSEARCH, and O(log n) for each.
pub fn geosearchstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    search(cx, request, Form::SearchStore, false)
}

fn search(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    form: Form,
    can_store: bool,
) -> Result<(), CommandError> {
    let source = cx.key(request, form.source());
    let entry = cx.read_of(&source, Type::SortedSet)?;
    let asked = Parser { request, form, can_store, entry }.parse(cx)?;
    match (entry, asked.target) {
        (Some(entry), Some(_)) => store::store(cx, request, form.source(), entry, &asked),
        (Some(entry), None) => answer(cx, request, form.source(), entry, &asked),
        (None, Some(target)) => {
            let target = cx.key(request, target);
            cx.store.delete(cx.now, &target);
            cx.reply.integer(0);
            Ok(())
        }
        (None, None) => {
            cx.reply.array(0);
            Ok(())
        }
    }
}

fn answer(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    position: usize,
    entry: Entry,
    asked: &Asked,
) -> Result<(), CommandError> {
    let search = Search::new(cx, entry, asked)?;
    let mut found = Found::new(cx, entry, asked, &search)?;
    let shown = Shown { store: cx.store, entry, asked };
    if found.is_complete {
        cx.reply.measured(|reply| {
            reply.array(found.hits.as_slice().len() as u64);
            found.hits.as_slice().iter().for_each(|hit| shown.write(reply, hit));
        })?;
        return Ok(());
    }
    if asked.sorting.is_some() {
        return sorting::answer(cx, request, position, asked, &search, &mut found);
    }
    // How many there are is known when all have been measured, and then stands before them.
    let count = Cell::new(None);
    cx.reply.measured(|reply| {
        if let Some(count) = count.get() {
            reply.array(count);
        }
        let mut walk = Walk::default();
        walk.go_on(&search, shown.store, entry, |hit| {
            shown.write(reply, &hit);
            true
        });
        if count.get().is_none() {
            reply.array(walk.found_count);
            count.set(Some(walk.found_count));
        }
    })?;
    Ok(())
}
