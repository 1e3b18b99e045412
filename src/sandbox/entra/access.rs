//! Conditional access: what a tenant asks of users before it lets them in. One policy for all
//! tenants, set by the control. Source: identity reference §5, §13.

use serde_json::json;

use super::aadsts::Aadsts;
use super::directory::sign_in;
use crate::sandbox::config::ConditionalAccess;
use crate::sandbox::store::{Signed, Tx};

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// In the browser that gets the answer, or by a refresh token.
    Usual,
    /// On another device.
    Device,
}

/// Id of the policy, which a claims request names.
const POLICY: &str = "9f2c6d1e-4b7a-4c03-8e5d-1a6b3f0c7d28";

/// Lets a user in, or refuses.
pub(super) fn admit(tx: &Tx<'_>, signed: &Signed, flow: Flow) -> Result<(), Aadsts> {
    let blocked = match tx.config().conditional_access {
        ConditionalAccess::None => false,
        ConditionalAccess::Mfa => return check_mfa(tx, signed),
        ConditionalAccess::Block => true,
        ConditionalAccess::BlockServiceProviders => signed.tenant != signed.home,
        ConditionalAccess::BlockDeviceCode => flow == Flow::Device,
    };
    if blocked {
        Err(Aadsts::of(53_003))
    } else {
        Ok(())
    }
}

fn check_mfa(tx: &Tx<'_>, signed: &Signed) -> Result<(), Aadsts> {
    if signed.amr.iter().any(|method| method == "mfa") {
        return Ok(());
    }
    let code = if sign_in(tx, &signed.user).mfa {
        50_076
    } else {
        50_079
    };
    let claims =
        json!({ "access_token": { "capolids": { "essential": true, "values": [POLICY] } } });
    Err(Aadsts::of(code).claims(&claims))
}
