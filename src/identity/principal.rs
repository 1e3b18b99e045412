//! As whom a call is made: the operation says who may, the call may choose among those, the profile
//! has a preference. A refusal by the service never tries the other.

use super::remedy;
use crate::api::model::Auth;
use crate::api::{Principal, ServiceName};
use crate::config::Profile;
use crate::error::{Code, Error};

/// Returns as whom `operation` is called by this profile.
pub(crate) fn choose(
    profile: &Profile,
    (service, operation): (ServiceName, &str),
    auth: Auth,
    wanted: Option<Principal>,
) -> Result<Principal, Error> {
    let only = match auth {
        Auth::App => Some(Principal::App),
        Auth::User => Some(Principal::User),
        Auth::Either => None,
    };
    if let (Some(only), Some(wanted)) = (only, wanted)
        && only != wanted
    {
        return Err(Error::new(
            Code::AuthPrincipalMissing,
            format!(
                "`{operation}` can only be called as {}, and the call asks for `{}`",
                described(only),
                wanted.as_str()
            ),
        )
        .help(format!(
            "leave out `principal`, or give \"{}\"",
            only.as_str()
        )));
    }
    let chosen = only
        .or(wanted)
        .unwrap_or_else(|| profile.preferred(service));
    if profile.has(chosen) {
        return Ok(chosen);
    }
    Err(Error::new(
        Code::AuthPrincipalMissing,
        format!(
            "`{operation}` is called as {}, which the profile `{}` cannot be",
            described(chosen),
            profile.name
        ),
    )
    .help(match chosen {
        Principal::App => remedy::client_secret(profile),
        Principal::User => remedy::sign_in(profile),
    }))
}

fn described(principal: Principal) -> &'static str {
    match principal {
        Principal::App => "the application",
        Principal::User => "a signed-in user",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::tests::profile;

    #[test]
    fn the_operation_then_the_call_then_the_profile_decide() {
        use Auth::{App as AppOnly, Either, User as UserOnly};
        use Principal::{App, User};
        let whole = profile("http://localhost:1");
        let mut app_only = whole.clone();
        app_only.user = None;
        let check = |profile: &Profile, auth, wanted, expected: Option<Principal>| {
            let found = choose(profile, (ServiceName::Partner, "partner::x"), auth, wanted);
            if let Some(expected) = expected {
                assert_eq!(found.expect("a principal"), expected);
                return;
            }
            let error = found.expect_err("none");
            assert_eq!(error.code(), Code::AuthPrincipalMissing);
            assert!(error.parts().help.is_some());
        };
        check(&whole, Either, None, Some(App));
        check(&whole, Either, Some(User), Some(User));
        check(&whole, UserOnly, None, Some(User));
        check(&whole, AppOnly, None, Some(App));
        check(&whole, UserOnly, Some(App), None);
        check(&app_only, UserOnly, None, None);
        check(&app_only, Either, Some(User), None);
        check(&app_only, Either, None, Some(App));
        let azure = |profile: &Profile| {
            choose(profile, (ServiceName::Arm, "arm::x"), Either, None).expect("a principal")
        };
        let mut stated = whole.clone();
        stated.prefers = Some(App);
        assert_eq!([&whole, &stated, &app_only].map(azure), [User, App, App]);
    }
}
