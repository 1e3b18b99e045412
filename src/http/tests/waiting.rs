//! Waiting for many operations at once, by the clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::polling::{begin, settle};
use crate::api::ServiceName;
use crate::api::model::{Final, Idempotency, Verb, Waiting};
use crate::base::cancel::Reason;
use crate::error::Code;
use crate::http::testing::{Lane, Received, Reply, Service, clock, json, post, settings};
use crate::http::{Call, JobsAt, Looks, Poller, StepKey, Wait, identify};

/// When requests came, in seconds, and for which path.
type Seen = Arc<Mutex<Vec<(i64, String)>>>;

/// A service that tells when each request came, by the clock of the run.
fn timed(handler: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> (Lane, Seen) {
    let clock = clock();
    let seen = Seen::default();
    let (times, own) = (Arc::clone(&seen), Arc::clone(&clock));
    let service = Service::new(move |number, received| {
        let path = received.line.split(' ').nth(1).unwrap_or_default();
        let now = own.now().as_second();
        times.lock().expect("no panic").push((now, path.to_owned()));
        handler(number, received)
    });
    let mut settings = settings(&service.url);
    settings.clock = clock;
    (Lane::new(settings), seen)
}

fn put(name: &str) -> Call {
    let mut call = Call {
        service: ServiceName::Arm,
        verb: Verb::Put,
        ..post(
            &format!("/things/{name}?api-version=1"),
            Idempotency::Idempotent,
        )
    };
    identify(&mut call);
    call
}

fn wait(poller: Poller, patience: u64, looks: Looks) -> Wait {
    Wait {
        poller,
        patience: Duration::from_secs(patience),
        looks,
        step: StepKey("run/main/2/wait".to_owned()),
    }
}

const AZURE: Waiting = Waiting::Azure(Final::Unsaid);
const RUNNING: &str = r#"{"status":"Running"}"#;

#[test]
fn a_thousand_operations_are_waited_for_at_once() {
    const COUNT: usize = 1000;
    let looks: Mutex<HashMap<String, u32>> = Mutex::default();
    let (lane, seen) = timed(move |_, received| {
        let path = received.line.split(' ').nth(1).unwrap_or_default();
        let Some((_, number)) = path.split_once("/operations/") else {
            let name = path.split(['/', '?']).nth(3).unwrap_or_default();
            if received.line.starts_with("GET") {
                return json(200, r#"{"name":"made"}"#);
            }
            return json(201, "{}")
                .with("azure-asyncoperation", &format!("/operations/{name}"))
                .with("retry-after", "10");
        };
        let mut looks = looks.lock().expect("no panic");
        let count = looks.entry(number.to_owned()).or_default();
        *count += 1;
        let number: u32 = number.parse().expect("a number");
        if *count > number % 5 {
            return json(200, r#"{"status":"Succeeded"}"#);
        }
        json(200, RUNNING).with("retry-after", &(10 + number % 7).to_string())
    });
    let begun = |number| {
        let call = put(&format!("{number}"));
        wait(begin(&lane, &call, AZURE).expect("begun"), 3600, Looks::All)
    };
    let all: Vec<Wait> = (0..COUNT).map(begun).collect();
    let told = Arc::new(Mutex::new((0, 0)));
    let own = Arc::clone(&told);
    let ended = lane.client.wait(
        all,
        Box::new(move |stand| *own.lock().expect("no panic") = (stand.done, stand.of)),
    );
    assert_eq!(ended.len(), COUNT);
    for one in &ended {
        let answer = one.result.as_ref().expect("an end").as_ref().expect("made");
        assert_eq!(answer.body, r#"{"name":"made"}"#);
    }
    assert_eq!(*told.lock().expect("no panic"), (COUNT, COUNT));
    // The slowest of them sets the time: four pauses of at most 16 seconds after the first.
    assert!((60..=74).contains(&lane.seconds()), "{}", lane.seconds());
    let mut last: HashMap<String, i64> = HashMap::new();
    for (at, path) in seen.lock().expect("no panic").iter() {
        let Some((_, number)) = path.split_once("/operations/") else {
            continue;
        };
        let pause = match last.get(number) {
            Some(_) => 10 + number.parse::<i64>().expect("a number") % 7,
            None => 10,
        };
        let before = last.insert(number.to_owned(), *at).unwrap_or(0);
        assert_eq!(*at, before + pause, "operation {number}");
    }
}

#[test]
fn a_throttled_look_is_no_early_look() {
    let answers = [
        json(201, "{}")
            .with("azure-asyncoperation", "/op")
            .with("retry-after", "10"),
        json(429, "").with("retry-after", "20"),
        json(200, RUNNING).with("retry-after", "5"),
        json(200, r#"{"status":"Succeeded"}"#),
        json(200, "{}"),
    ];
    let (lane, seen) = timed(move |number, _| answers[number].clone());
    settle(&lane, &put("a"), AZURE).expect("the end");
    let times: Vec<i64> = seen
        .lock()
        .expect("no panic")
        .iter()
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(times, [0, 10, 30, 35, 35]);
}

#[test]
fn what_has_no_time_left_is_pending_while_the_others_end() {
    let (lane, _) = timed(|_, received| match &received.line {
        line if line.starts_with("PUT") => {
            let place = if line.contains("/slow") {
                "/slow"
            } else {
                "/quick"
            };
            json(201, "{}")
                .with("azure-asyncoperation", place)
                .with("retry-after", "20")
        }
        line if line.contains("/slow ") => json(200, RUNNING).with("retry-after", "20"),
        line if line.contains("/quick ") => json(200, r#"{"status":"Succeeded"}"#),
        _ => json(200, "{}"),
    });
    let begun = |name| begin(&lane, &put(name), AZURE).expect("begun");
    let all = vec![
        wait(begun("slow"), 50, Looks::All),
        wait(begun("quick"), 50, Looks::All),
    ];
    let mut ended = lane.client.wait(all, Box::new(|_| {}));
    let quick = ended.pop().and_then(|one| one.result).expect("an end");
    assert_eq!(quick.expect("made").body, "{}");
    let slow = ended.pop().expect("one");
    let error = slow.result.expect("an end").expect_err("pending");
    assert_eq!((error.code(), lane.seconds()), (Code::OperationPending, 40));
    assert!(error.parts().handle.is_some());
    // It can be waited for again.
    let ended = lane
        .client
        .wait(vec![wait(slow.poller, 30, Looks::All)], Box::new(|_| {}));
    let error = ended[0]
        .result
        .clone()
        .expect("an end")
        .expect_err("pending");
    assert_eq!((error.code(), lane.seconds()), (Code::OperationPending, 60));
}

#[test]
fn one_look_waits_until_it_is_allowed() {
    let answers = [
        json(201, "{}")
            .with("azure-asyncoperation", "/op")
            .with("retry-after", "10"),
        json(200, RUNNING).with("retry-after", "10"),
        json(200, r#"{"status":"Succeeded"}"#),
        json(200, r#"{"name":"made"}"#),
    ];
    let (lane, seen) = timed(move |number, _| answers[number].clone());
    let poller = begin(&lane, &put("a"), AZURE).expect("begun");
    let one = wait(poller, 3600, Looks::One);
    let ended = lane
        .client
        .wait(vec![one], Box::new(|_| {}))
        .pop()
        .expect("one");
    assert!(ended.result.is_none() && ended.poller.state() == "Running");
    let one = wait(ended.poller, 3600, Looks::One);
    let ended = lane
        .client
        .wait(vec![one], Box::new(|_| {}))
        .pop()
        .expect("one");
    assert_eq!(
        ended.result.expect("an end").expect("made").body,
        r#"{"name":"made"}"#
    );
    let times: Vec<i64> = seen
        .lock()
        .expect("no panic")
        .iter()
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(times, [0, 10, 20, 20]);
}

#[test]
fn a_stopped_run_leaves_a_handle() {
    let (lane, _) = timed(|number, _| match number {
        0 => json(201, "{}")
            .with("azure-asyncoperation", "/op")
            .with("retry-after", "10"),
        _ => Reply::Hang,
    });
    let poller = begin(&lane, &put("a"), AZURE).expect("begun");
    let cancel = lane.client.cancel.clone();
    std::thread::scope(|scope| {
        let one = wait(poller, 3600, Looks::All);
        let waiting = scope.spawn(|| lane.client.wait(vec![one], Box::new(|_| {})));
        while lane.seconds() < 10 {
            std::thread::yield_now();
        }
        cancel.cancel(Reason::Interrupted);
        let ended = waiting.join().expect("no panic").pop().expect("one");
        let error = ended.result.expect("an end").expect_err("stopped");
        assert_eq!(error.code(), Code::RunInterrupted);
        assert!(error.parts().handle.is_some());
    });
}

#[test]
fn a_look_that_fails_says_that_the_work_goes_on() {
    let forbidden = r#"{"error":{"code":"AuthorizationFailed","message":"No."}}"#;
    let service = Service::scripted([
        json(201, "{}").with("azure-asyncoperation", "/op"),
        json(403, forbidden),
    ]);
    let lane = Lane::to(&service);
    let error = settle(&lane, &put("a"), AZURE).expect_err("forbidden");
    assert_eq!(error.code(), Code::ArmForbidden);
    assert!(
        error
            .to_string()
            .contains("was accepted, but how far it is could not be read"),
        "{error}"
    );
    assert!(error.parts().handle.is_some());
    let received = service.received();
    let id = |number: usize| &received[number].headers["x-ms-client-request-id"];
    assert_eq!(id(0), id(1), "the look carries the call's id");
}

#[test]
fn no_token_leaves_for_a_foreign_place() {
    let foreign = Service::scripted([json(200, r#"{"status":"Succeeded"}"#)]);
    let away = foreign.url.join("/op").expect("a URL");
    let service = Service::scripted([json(201, "{}").with("azure-asyncoperation", away.as_str())]);
    let error = settle(&Lane::to(&service), &put("a"), AZURE).expect_err("foreign");
    assert_eq!(error.code(), Code::HttpForeignLink);
    assert!(foreign.received().is_empty());
}

#[test]
fn a_job_that_goes_on_is_pending_and_its_task_is_told() {
    let job = r#"{"properties":{"state":"InProgress","tasks":[{"friendlyName":"Prepare","state":"Succeeded"},{"friendlyName":"Create the machine","state":"InProgress"}]}}"#;
    let (lane, seen) = timed(move |_, received| match &received.line {
        line if line.starts_with("PUT") => json(202, "")
            .with("location", "/vaults/v/operationresults/j1?api-version=1")
            .with("retry-after", "30"),
        _ => json(200, job),
    });
    let mut call = put("item");
    call.service = ServiceName::Recovery;
    call.operation = "recovery::test_failover".into();
    let first = lane.client.call(&call).expect("accepted");
    let root = lane.client.root(call.service).expect("a root");
    let jobs = (
        Final::Unsaid,
        JobsAt::new("/vaults/v/replicationJobs/?api-version=1"),
    );
    let poller = Poller::of_job(call, jobs, root, first, lane.client.clock().now());
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&told);
    let watch = move |stand: &crate::http::Stand<'_>| {
        let task = stand.last.task().unwrap_or_default();
        let line = format!("{} {task}", stand.last.state());
        heard.lock().expect("no panic").push(line);
    };
    let ended = lane
        .client
        .wait(vec![wait(poller, 70, Looks::All)], Box::new(watch));
    let error = ended[0]
        .result
        .clone()
        .expect("an end")
        .expect_err("pending");
    assert_eq!(error.code(), Code::OperationPending);
    let handle = error.parts().handle.clone().expect("a handle");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(
        help.contains(&format!("recovery::resume({handle:?})")),
        "{help}"
    );
    assert_eq!(
        *told.lock().expect("no panic"),
        ["InProgress Create the machine (2 of 2)"; 2]
    );
    let seen = seen.lock().expect("no panic");
    let paths: Vec<&str> = seen.iter().skip(1).map(|(_, path)| path.as_str()).collect();
    assert!(
        paths
            .iter()
            .all(|path| path.ends_with("/vaults/v/replicationJobs/j1?api-version=1"))
    );
}

#[test]
fn a_look_that_is_answered_with_a_conflict_says_that_the_work_has_failed() {
    let blocked = r#"{"error":{"code":"ResourceGroupDeletionBlocked","message":"No."}}"#;
    let service = Service::scripted([
        json(201, "{}").with("azure-asyncoperation", "/op"),
        json(409, blocked),
    ]);
    let lane = Lane::to(&service);
    let error = settle(&lane, &put("a"), AZURE).expect_err("it is blocked");
    assert_eq!(error.code(), Code::OperationFailed);
    let told = error.to_string();
    assert!(told.contains("was accepted and has failed"), "{told}");
    assert!(told.contains("ResourceGroupDeletionBlocked"), "{told}");
    assert!(
        error.parts().handle.is_none(),
        "there is nothing to wait for"
    );
}
