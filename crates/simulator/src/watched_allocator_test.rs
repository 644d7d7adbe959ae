//! What is noticed, and what is not.
use super::{within, without};
use crate::kernel::{Faults, Kernel};
use crate::value::request;
use granite_engine::hooks::Hooks;
use granite_engine::limits::Limits;
use granite_engine::options::settings::Settings;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `call` get through without a complaint?
fn is_quiet(call: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(|| within(call))).is_ok()
}

#[test]
fn every_kind_of_call_is_noticed() {
    let mut kept: Vec<u8> = Vec::with_capacity(1);
    assert!(is_quiet(|| kept.push(1)));
    assert!(!is_quiet(|| kept.push(2)), "it grows");
    assert!(!is_quiet(|| drop(black_box(kept))), "it is given back");
    assert!(!is_quiet(|| drop(black_box(vec![0_u8; 10]))), "it is zeroed");
    assert!(!is_quiet(|| drop(black_box(Box::new(1)))));
    assert!(is_quiet(|| without(|| drop(black_box(Box::new(1))))));
    drop(black_box(Box::new(1)));
    assert!(is_quiet(|| ()), "what happened outside is nobody's fault");
}

/// An engine that is made to allocate, by a hook that does so on its behalf.
#[test]
fn an_engine_that_allocates_is_found_out() {
    let greedy = Hooks { ran: || drop(black_box(Box::new(1))), ..Hooks::NONE };
    for (hooks, is_fine) in [(Hooks::NONE, true), (greedy, false)] {
        let (limits, faults) = (Limits::tiny(), Faults::default());
        let mut kernel = Kernel::with_hooks(&limits, Settings::new(), 1, faults, hooks);
        let client = kernel.connect();
        kernel.send(client, &request(&["PING"]));
        let result = catch_unwind(AssertUnwindSafe(|| kernel.run()));
        assert_eq!(result.is_ok(), is_fine);
    }
}
