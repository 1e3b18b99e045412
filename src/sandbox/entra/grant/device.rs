//! Device codes: the device asks until somebody has signed in elsewhere. What is wanted was said when
//! the code was made. Source: identity reference §7.

use serde_json::Value;

use super::{Call, Session, for_user, fresh_token};
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::client::Must;
use crate::sandbox::entra::directory::user;
use crate::sandbox::entra::scope::of_asked;
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::store::{DeviceCode, DeviceState, Signed, Tx};

/// Issues the tokens of a device code.
pub(super) fn issue(call: &Call<'_>, tx: &mut Tx<'_>) -> Result<Value, Aadsts> {
    let tenant = call.tenant(tx)?;
    call.form.need("client_id")?;
    // One library says `code`, with the same value.
    let code = match call.form.filled("device_code") {
        Some(code) => code,
        None => call
            .form
            .filled("code")
            .ok_or_else(|| Aadsts::missing("device_code"))?,
    };
    let (app, proof) = call.client(tx, tenant.as_deref(), Must::AsRegistered)?;
    let place = digest_of(code);
    let row = tx.entra.device_codes.get(&place).cloned();
    let row = row
        .filter(|row| row.asked.app == app.id)
        .ok_or_else(|| Aadsts::of(70_018))?;
    let signed = approved(tx, &row)?;
    if row.asked.tenant != tenant {
        return Err(Aadsts::of(700_005));
    }
    let wanted = of_asked(&row.asked)?;
    let user = user(tx, &signed.home, &signed.user).ok_or_else(|| Aadsts::of(50_034))?;
    let session = Session {
        capable: call.is_capable(None),
        ..Session::new(&app, proof, &user, &signed, &wanted)
    };
    let mut answer = for_user(call, tx, &session)?;
    if let Some(row) = tx.entra.device_codes.edit(&place) {
        row.state = DeviceState::Redeemed;
    }
    if wanted.has("offline_access") {
        answer["refresh_token"] = fresh_token(tx, &app, &signed, None).into();
    }
    Ok(answer)
}

/// Returns who has signed in, or why there is nobody.
fn approved(tx: &Tx<'_>, row: &DeviceCode) -> Result<Signed, Aadsts> {
    if row.ends <= tx.now() {
        return Err(Aadsts::of(70_020));
    }
    match &row.state {
        DeviceState::Pending => Err(Aadsts::of(70_016)),
        DeviceState::Approved(signed) => Ok(signed.clone()),
        DeviceState::Declined => Err(Aadsts::declined()),
        DeviceState::Blocked(code) => Err(Aadsts::of(*code)),
        DeviceState::Redeemed => Err(Aadsts::of(70_018)),
    }
}
