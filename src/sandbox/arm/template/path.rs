//! Types and names of resources as parts of an id: type `N/a/b` and names `x`, `y` are `N/a/x/b/y`.

/// Tells whether a type is that of resource groups, whose ids have no provider in them.
pub(super) fn is_group(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups")
}

/// Returns how many names a type needs.
pub(super) fn depth(kind: &str) -> usize {
    kind.split('/').count().saturating_sub(1)
}

/// Returns the part of an id that follows `providers/`; `None` where the names do not fit the type.
pub(super) fn relative(kind: &str, names: &[&str]) -> Option<String> {
    let (namespace, kinds) = kind.split_once('/')?;
    let kinds: Vec<&str> = kinds.split('/').collect();
    let empty = |part: &&str| part.is_empty();
    if kinds.len() != names.len()
        || namespace.is_empty()
        || kinds.iter().any(empty)
        || names.iter().any(empty)
    {
        return None;
    }
    let mut path = namespace.to_owned();
    for (kind, name) in kinds.into_iter().zip(names) {
        path.push('/');
        path.push_str(kind);
        path.push('/');
        path.push_str(name);
    }
    Some(path)
}

/// Returns the id of a resource of a type and a (joined) name below a path.
pub(super) fn below(base: &str, kind: &str, name: &str) -> Option<String> {
    let base = base.trim_end_matches('/');
    if is_group(kind) {
        return Some(format!("{base}/resourceGroups/{name}"));
    }
    let names: Vec<&str> = name.split('/').collect();
    Some(format!("{base}/providers/{}", relative(kind, &names)?))
}
