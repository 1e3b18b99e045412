//! A user signs in on one of the sandbox's pages: name, password and second factor are checked.
//! Source: identity reference §5.

use super::aadsts::Aadsts;
use super::directory::{set_password, sign_in, user_by_name};
use super::form::Form;
use super::seed::digest_of;
use crate::sandbox::derived;
use crate::sandbox::partner::accounts;
use crate::sandbox::store::{SignInRecord, SignInState, Signed, Staff, Tx, User, key};

/// What a page's form says.
#[derive(Debug)]
pub(super) struct Login {
    username: String,
    password: String,
    new_password: Option<String>,
    mfa: bool,
    /// Whether the user goes on; else it cancels or does not consent.
    pub(super) accepts: bool,
}

impl Login {
    /// Reads a form; none if it is not one of the pages'.
    pub(super) fn read(form: &Form) -> Option<Self> {
        if form.get("username").is_none() && form.get("decision").is_none() {
            return None;
        }
        Some(Self {
            username: form.get("username").unwrap_or_default().trim().to_owned(),
            password: form.get("password").unwrap_or_default().to_owned(),
            new_password: form.filled("new_password").map(str::to_owned),
            mfa: form.get("mfa").is_some(),
            accepts: form.get("decision") != Some("deny"),
        })
    }

    /// Returns the name that was typed.
    pub(super) fn username(&self) -> &str {
        &self.username
    }

    /// Checks who signs in, and keeps the outcome in the log of the user's directory. The tenant is
    /// the one of the address, or else the user's own; `app` is the application's id and name.
    pub(super) fn check(
        &self,
        tx: &mut Tx<'_>,
        tenant: Option<&str>,
        app: (&str, &str),
    ) -> Result<(Staff, Signed), Aadsts> {
        let outcome = self.judge(tx, tenant);
        if let Some(user) = user_by_name(tx, &self.username) {
            keep(tx, &user, app, outcome.as_ref().err());
        }
        outcome
    }

    fn judge(&self, tx: &mut Tx<'_>, tenant: Option<&str>) -> Result<(Staff, Signed), Aadsts> {
        let user = user_by_name(tx, &self.username).ok_or_else(|| {
            let place = tenant.unwrap_or("organizations");
            let text = format!(
                "The user account {} does not exist in the {place} directory. To sign into this application, the account must be added to the directory.",
                self.username
            );
            Aadsts::new(50_034, text)
        })?;
        let row = sign_in(tx, &user.id);
        match row.state {
            SignInState::Locked => return Err(Aadsts::of(50_053)),
            SignInState::Disabled => return Err(Aadsts::of(50_057)),
            SignInState::Active | SignInState::PasswordExpired => {}
        }
        if row.password != digest_of(&self.password) {
            let text = "Error validating credentials due to invalid username or password.";
            return Err(Aadsts::new(50_126, text));
        }
        if row.state == SignInState::PasswordExpired || must_change(tx, &user) {
            self.change_password(tx, &user)?;
        }
        let mut amr = vec!["pwd".to_owned()];
        if self.mfa && row.mfa {
            amr.push("mfa".to_owned());
        }
        let now = tx.now();
        accounts::change_profile(tx, &user.tenant, &user.id, |profile| {
            profile.signed_in = Some(now);
        });
        let signed = Signed {
            user: user.id.clone(),
            home: user.tenant.clone(),
            amr,
            tenant: tenant.unwrap_or(&user.tenant).to_owned(),
            at: now,
        };
        Ok((user, signed))
    }

    /// Gives the user the new password that the form names.
    fn change_password(&self, tx: &mut Tx<'_>, user: &Staff) -> Result<(), Aadsts> {
        let password = self.new_password.as_deref();
        let password = password.ok_or_else(|| Aadsts::of(50_055))?;
        set_password(tx, &user.id, password);
        if let Some(row) = tx.entra.sign_ins.edit(&user.id) {
            row.state = SignInState::Active;
        }
        if let Some(row) = tx.partner.users.edit(&key(&[&user.tenant, &user.id])) {
            row.change_password = false;
        }
        Ok(())
    }
}

/// Keeps a sign-in. All come from the one address and place that the sandbox knows.
fn keep(tx: &mut Tx<'_>, user: &Staff, (app, name): (&str, &str), refusal: Option<&Aadsts>) {
    let number = tx.count("sign-in").to_string();
    let row = SignInRecord {
        id: derived::guid(&["sign-in", &number]),
        at: tx.now(),
        user: (user.id.clone(), user.upn.clone(), user.name()),
        app: (app.to_owned(), name.to_owned()),
        address: "203.0.113.7".to_owned(),
        error: refusal.map_or(0, |refusal| refusal.code),
        reason: refusal
            .map(|refusal| refusal.text.clone())
            .unwrap_or_default(),
        city: "Portland".to_owned(),
        country: "US".to_owned(),
    };
    tx.policy.sign_ins.put(&key(&[&user.tenant, &row.id]), row);
}

/// Tells whether a customer's administrator wants the password changed at the next sign-in.
fn must_change(tx: &Tx<'_>, user: &Staff) -> bool {
    let row: Option<&User> = tx.partner.users.get(&key(&[&user.tenant, &user.id]));
    row.is_some_and(|row| row.change_password)
}
