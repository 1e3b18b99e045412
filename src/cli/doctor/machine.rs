//! What lies on this machine: the profile, its secrets, the clock.

use std::path::Path;

use jiff::SignedDuration;

use super::mend;
use super::verdict::Verdict;
use crate::base::clock::Timestamp;
use crate::config::{Account, AppCredential, Assertion, Cloud, Profile, SecretName};
use crate::error::{Code, Error};

/// Something that the profile needs, and whether it is there.
#[derive(Debug)]
pub(super) struct Needed {
    what: &'static str,
    place: String,
    found: Result<bool, Error>,
    mend: String,
}

/// Looks whether the profile's secrets and files are there.
pub(super) fn configuration(account: &Account) -> Verdict {
    let Account { profile, vault } = account;
    let secret = |what, name: SecretName, mend: String| Needed {
        what,
        place: vault.place(),
        found: vault.get(name).map(|secret| secret.is_some()),
        mend,
    };
    let file = |what, path: &Path| Needed {
        what,
        place: path.display().to_string(),
        found: Ok(path.is_file()),
        mend: format!("put the file at {}", path.display()),
    };
    let app = match &profile.app {
        Some(AppCredential::Secret) => {
            let mend = mend::client_secret(profile);
            Some(secret("client secret", SecretName::ClientSecret, mend))
        }
        Some(AppCredential::Certificate(path)) => Some(file("certificate", path)),
        Some(AppCredential::Federated(Assertion::File(path))) => Some(file("assertion", path)),
        _ => None,
    };
    let user = profile.user.map(|_| {
        let mend = mend::sign_in(profile);
        secret("refresh token", SecretName::RefreshToken, mend)
    });
    let needed: Vec<Needed> = app.into_iter().chain(user).collect();
    judge_needed(profile, &needed)
}

fn judge_needed(profile: &Profile, needed: &[Needed]) -> Verdict {
    if profile.app.is_none() && profile.user.is_none() {
        let mend = "give the profile an application credential or a user";
        return Verdict::fail("the profile signs nobody in", mend).code(Code::UsageConfig);
    }
    for one in needed {
        match &one.found {
            Ok(true) => {}
            Ok(false) => {
                let detail = format!("the {} is missing from {}", one.what, one.place);
                return Verdict::fail(detail, &one.mend);
            }
            Err(error) => return Verdict::of(error),
        }
    }
    let (name, role) = (&profile.name, profile.role.as_str());
    let cloud = Cloud::of(&profile.endpoints).as_str();
    let held = match needed {
        [] => String::new(),
        [one] => format!("; {} in {}", one.what, one.place),
        [app, user, ..] if app.place == user.place => {
            format!("; {} and {} in {}", app.what, user.what, user.place)
        }
        [app, user, ..] => format!(
            "; {} in {}; {} in {}",
            app.what, app.place, user.what, user.place
        ),
    };
    Verdict::pass(format!("profile {name}, role {role}, cloud {cloud}{held}"))
}

/// From here on tokens and assertions are refused. Source: Microsoft identity platform, which
/// allows five minutes.
const MOST: SignedDuration = SignedDuration::from_secs(300);
/// From here on it is worth a word.
const MUCH: SignedDuration = SignedDuration::from_secs(60);

/// Judges this machine's clock by the identity service's.
pub(super) fn judge_clock(now: Timestamp, theirs: Option<Timestamp>) -> Verdict {
    let Some(theirs) = theirs else {
        return Verdict::skip("the identity service does not say what time it is");
    };
    let ahead = now.duration_since(theirs);
    let seconds = ahead.as_secs().unsigned_abs();
    let way = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let detail = format!("{seconds} s {way} the identity service's clock");
    match ahead.abs() {
        off if off > MOST => Verdict::fail(detail, mend::CLOCK),
        off if off > MUCH => Verdict::warn(detail, mend::CLOCK),
        _ if seconds <= 1 => Verdict::pass("agrees with the identity service's clock"),
        _ => Verdict::pass(detail),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::verdict::Status;
    use super::*;
    use crate::cli::choice;
    use crate::sandbox::Credentials;

    pub(in crate::cli::doctor) fn profile() -> Profile {
        let credentials = Credentials::at("http://localhost:1");
        choice::of_sandbox(&credentials).expect("a profile").profile
    }

    #[test]
    fn what_is_missing_fails_with_its_mend() {
        let needed = |found| Needed {
            what: "client secret",
            place: "the keyring".to_owned(),
            found,
            mend: "set it".to_owned(),
        };
        let check = |found, status, words: &str| {
            let verdict = judge_needed(&profile(), &[needed(found)]);
            assert_eq!(verdict.status, status, "{verdict:?}");
            assert!(verdict.detail.contains(words), "{verdict:?}");
        };
        check(Ok(true), Status::Pass, "client secret in the keyring");
        check(Ok(false), Status::Fail, "client secret is missing");
        let file = Needed {
            what: "certificate",
            place: "/a/b.pem".to_owned(),
            ..needed(Ok(true))
        };
        let verdict = judge_needed(&profile(), &[file, needed(Ok(true))]);
        let expected = "; certificate in /a/b.pem; client secret in the keyring";
        assert!(verdict.detail.ends_with(expected), "{verdict:?}");
        let locked = Error::new(Code::AuthSecrets, "the keyring is locked");
        check(Err(locked), Status::Fail, "locked");
        let nobody = Profile {
            app: None,
            user: None,
            ..profile()
        };
        let verdict = judge_needed(&nobody, &[]);
        assert_eq!(verdict.status, Status::Fail);
    }

    #[test]
    fn five_minutes_of_skew_are_too_much() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let check = |now, theirs: Option<i64>, status, words: &str| {
            let verdict = judge_clock(at(now), theirs.map(at));
            assert_eq!(verdict.status, status, "{verdict:?}");
            assert!(verdict.detail.contains(words), "{verdict:?}");
        };
        check(1000, Some(1000), Status::Pass, "agrees");
        check(1000, Some(1030), Status::Pass, "30 s behind");
        check(1100, Some(1000), Status::Warn, "100 s ahead of");
        check(1000, Some(1300), Status::Warn, "300 s behind");
        check(1000, Some(1301), Status::Fail, "301 s behind");
        check(1301, Some(1000), Status::Fail, "301 s ahead of");
        check(1000, None, Status::Skip, "does not say");
    }
}
