//! Who is where: tenants by id or domain, users by id or name, and how users sign in.

use super::aadsts::Aadsts;
use super::gdap;
use super::roles;
use super::seed::{PASSWORD, digest_of};
use super::tenants;
use crate::sandbox::partner::scope;
use crate::sandbox::store::{SignIn, SignInState, Staff, Tenant, Tx, User, World};

/// Tenant segments that stand for no tenant in particular.
pub(crate) const SHARED: [&str; 3] = ["common", "organizations", "consumers"];

/// Tells whether a path segment stands for no tenant in particular.
pub(crate) fn is_shared(segment: &str) -> bool {
    SHARED.iter().any(|name| name.eq_ignore_ascii_case(segment))
}

/// Finds the tenant of a path segment: a GUID or a verified domain.
pub(crate) fn tenant(world: &World, segment: &str) -> Result<Tenant, Aadsts> {
    let name = segment.to_lowercase();
    if uuid::Uuid::try_parse(&name).is_err() && !name.contains('.') {
        let text = format!(
            "Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain."
        );
        return Err(Aadsts::new(900_023, text));
    }
    tenants::find(world, &name).ok_or_else(|| {
        let text = format!("Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.");
        Aadsts::new(90_002, text)
    })
}

/// Finds the tenant of a path segment; none for a segment that stands for any.
pub(crate) fn named_tenant(world: &World, segment: &str) -> Result<Option<Tenant>, Aadsts> {
    if is_shared(segment) {
        return Ok(None);
    }
    tenant(world, segment).map(Some)
}

/// Finds a user by its home tenant and object id.
pub(crate) fn user(world: &World, tenant: &str, id: &str) -> Option<Staff> {
    let found = match world.entra.staff.get(id) {
        Some(staff) => Some(staff.clone()),
        None => scope::row::<User>(world, tenant, id)
            .filter(|user| user.deleted.is_none())
            .map(|user| of_customer(tenant, user)),
    };
    found.map(|staff| with_roles(world, staff))
}

/// Fills in the directory roles that a user has at home.
fn with_roles(world: &World, mut staff: Staff) -> Staff {
    staff.directory_roles = roles::of(world, &staff.tenant, &staff.id);
    staff
}

/// Finds a user by its principal name.
pub(crate) fn user_by_name(world: &World, upn: &str) -> Option<Staff> {
    let (_, domain) = upn.rsplit_once('@')?;
    let is_meant = |name: &str| name.eq_ignore_ascii_case(upn);
    let mut staff = world.entra.staff.iter().map(|(_, staff)| staff);
    if let Some(staff) = staff.find(|staff| is_meant(&staff.upn)) {
        return Some(with_roles(world, staff.clone()));
    }
    let tenant = tenant(world, domain).ok()?;
    scope::rows::<User>(world, &tenant.id)
        .into_iter()
        .find(|user| user.deleted.is_none() && is_meant(&user.upn))
        .map(|user| with_roles(world, of_customer(&tenant.id, user)))
}

/// Shows a user of a customer's directory as one who signs in.
fn of_customer(tenant: &str, user: User) -> Staff {
    let named = user.first_name.is_some() || user.last_name.is_some();
    Staff {
        id: user.id,
        tenant: tenant.to_owned(),
        given_name: if named {
            user.first_name.unwrap_or_default()
        } else {
            user.display_name
        },
        family_name: user.last_name.unwrap_or_default(),
        upn: user.upn,
        directory_roles: Vec::new(),
    }
}

/// Returns the directory roles that a user has in a tenant: its own, or by GDAP.
pub(crate) fn roles_in(tx: &Tx<'_>, user: &Staff, tenant: &str) -> Vec<String> {
    if user.tenant == tenant {
        return user.directory_roles.clone();
    }
    gdap::roles(tx, tx.now(), &user.id, tenant)
        .into_iter()
        .collect()
}

/// Returns how a user signs in.
pub(crate) fn sign_in(world: &World, user: &str) -> SignIn {
    let row = world.entra.sign_ins.get(user).cloned();
    row.unwrap_or_else(|| SignIn {
        password: digest_of(PASSWORD),
        mfa: true,
        state: SignInState::Active,
    })
}

/// Sets the password of a user. That is an administrator's reset: it ends every sign-in.
pub(crate) fn set_password(tx: &mut Tx<'_>, user: &str, password: &str) {
    let mut row = sign_in(tx, user);
    row.password = digest_of(password);
    tx.entra.sign_ins.put(user, row);
    revoke(tx, Some(user));
}

/// Lets a user sign in, or blocks it; one that is locked for another reason stays so.
pub(crate) fn set_enabled(tx: &mut Tx<'_>, user: &str, enabled: bool) {
    let mut row = sign_in(tx, user);
    row.state = match (enabled, row.state) {
        (false, _) => SignInState::Disabled,
        (true, SignInState::Disabled) => SignInState::Active,
        (true, other) => other,
    };
    tx.entra.sign_ins.put(user, row);
}

/// Revokes the refresh tokens of one user, or everybody's; returns how many there were.
pub(crate) fn revoke(tx: &mut Tx<'_>, user: Option<&str>) -> usize {
    let now = tx.now();
    let tokens = tx.entra.refresh_tokens.iter();
    let tokens: Vec<String> = tokens
        .filter(|(_, token)| user.is_none_or(|user| token.user == user))
        .map(|(key, _)| key.to_owned())
        .collect();
    for token in &tokens {
        if let Some(token) = tx.entra.refresh_tokens.edit(token) {
            token.revoked.get_or_insert(now);
        }
    }
    tokens.len()
}
