//! The codes: each with its OAuth error, its sub-error and its usual text, in one table. A code that
//! is not in it is a malformed request.

/// How a code is answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    pub(super) error: &'static str,
    pub(super) suberror: Option<&'static str>,
    pub(super) text: &'static str,
}

/// Returns how a code is answered.
pub(super) fn meaning(code: u32) -> Meaning {
    let found = TABLE.iter().find(|(known, ..)| *known == code);
    let (_, error, suberror, text) = found.copied().unwrap_or((
        code,
        "invalid_request",
        "",
        "The request is malformed or invalid.",
    ));
    Meaning {
        error,
        suberror: Some(suberror).filter(|suberror| !suberror.is_empty()),
        text,
    }
}

/// Returns the HTTP status of an OAuth error.
pub(super) fn status(error: &str) -> u16 {
    match error {
        "invalid_client" => 401,
        "temporarily_unavailable" => 429,
        _ => 400,
    }
}

/// Returns the OAuth error as the authorize endpoint words it.
pub(super) fn at_authorize(code: u32) -> &'static str {
    match code {
        65_001 => "consent_required",
        53_000..=53_004 | 530_032 | 530_034 | 530_035 => "access_denied",
        code => meaning(code).error,
    }
}

type Entry = (u32, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Entry] = &[
    (28_003, "invalid_scope", "", "Provided value for the input parameter scope can't be empty when requesting an access token using the provided authorization code."),
    (50_001, "invalid_resource", "", "The resource principal was not found in the tenant."),
    (50_011, "invalid_request", "", "The redirect URI specified in the request does not match the redirect URIs configured for the application."),
    (50_012, "invalid_client", "", "Client assertion contains an invalid signature."),
    (50_013, "invalid_grant", "", "Assertion is not valid."),
    (50_020, "invalid_grant", "", "The user account does not exist in the tenant and cannot access the application in that tenant."),
    (50_027, "invalid_request", "", "JWT token is invalid or malformed."),
    (50_034, "invalid_grant", "", "The user account does not exist in the directory. To sign into this application, the account must be added to the directory."),
    (50_049, "invalid_request", "", "Unknown or invalid instance."),
    (50_050, "invalid_request", "", "The request is malformed."),
    (50_053, "invalid_grant", "", "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."),
    (50_055, "invalid_grant", "user_password_expired", "The password is expired."),
    (50_057, "invalid_grant", "", "The user account is disabled."),
    (50_058, "login_required", "", "A silent sign-in request was sent but no user is signed in."),
    (50_059, "invalid_request", "", "No tenant-identifying information found in either the request or implied by any provided credentials."),
    (50_072, "interaction_required", "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication."),
    (50_074, "interaction_required", "basic_action", "Strong Authentication is required."),
    (50_076, "interaction_required", "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication."),
    (50_078, "interaction_required", "basic_action", "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication."),
    (50_079, "interaction_required", "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication."),
    (50_105, "invalid_grant", "", "Your administrator has configured the application to block users unless they are specifically granted access to the application."),
    (50_128, "invalid_request", "", "Invalid domain name - No tenant-identifying information found in either the request or implied by any provided credentials."),
    (50_147, "invalid_request", "", "The size of the code challenge parameter is not valid."),
    (50_173, "invalid_grant", "bad_token", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."),
    (50_177, "invalid_grant", "", "External challenge is not supported for passthrough users."),
    (50_194, "invalid_request", "", "The application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps."),
    (50_196, "invalid_grant", "", "The server terminated an operation because it encountered a client request loop."),
    (53_000, "interaction_required", "message_only", "Your device is required to be compliant to access this resource."),
    (53_001, "interaction_required", "message_only", "Your device is required to be domain joined to access this resource."),
    (53_002, "interaction_required", "message_only", "The application used is not an approved application for Conditional Access."),
    (53_003, "interaction_required", "message_only", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."),
    (53_004, "interaction_required", "message_only", "The user must complete the multi-factor authentication registration process before accessing this content."),
    (54_005, "invalid_grant", "", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."),
    (65_001, "invalid_grant", "consent_required", "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource."),
    (65_004, "access_denied", "", "User declined to consent to access the app."),
    (65_005, "invalid_client", "", "The app has listed resources that its tenant does not have."),
    (70_000, "invalid_grant", "", "Provided grant is invalid or malformed."),
    (70_001, "unauthorized_client", "", "The application is disabled."),
    (70_002, "invalid_client", "", "Error validating credentials."),
    (70_003, "unsupported_grant_type", "", "The app requested an unsupported grant type."),
    (70_005, "unsupported_response_type", "", "The app returned an unsupported response type: only 'code' is enabled for it."),
    (70_008, "invalid_grant", "", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."),
    (70_011, "invalid_scope", "", "The provided value for the input parameter 'scope' is not valid."),
    (70_016, "authorization_pending", "", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    (70_018, "bad_verification_code", "", "Invalid verification code due to User typing in wrong user code for device code flow."),
    (70_019, "expired_token", "", "Verification code expired. Have the user retry the sign-in."),
    (70_020, "expired_token", "", "The provided value for the input parameter 'device_code' is not valid. This device code has expired."),
    (70_021, "invalid_request", "", "No matching federated identity record found for presented assertion."),
    (70_043, "invalid_grant", "", "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."),
    (90_002, "invalid_request", "", "The tenant was not found."),
    (90_009, "invalid_request", "", "Application is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier."),
    (90_019, "invalid_request", "", "No tenant-identifying information found in either the request or implied by any provided credentials."),
    (90_023, "invalid_request", "", "The request has a parameter with a value that is not supported."),
    (90_055, "temporarily_unavailable", "", "The service is temporarily unavailable because there are too many requests for this tenant."),
    (90_072, "invalid_grant", "", "The external account does not exist in the tenant and cannot access the application in that tenant."),
    (90_094, "consent_required", "", "An administrator must consent: the app asks for permissions that only an administrator can grant."),
    (90_095, "access_denied", "", "Admin consent is required. The user has been shown the admin consent request workflow."),
    (90_099, "invalid_grant", "", "The application has not been authorized in the tenant. Applications must be authorized to access the customer tenant before partner delegated administrators can use them."),
    (500_011, "invalid_resource", "", "The resource principal was not found in the tenant."),
    (500_112, "invalid_grant", "", "The reply address does not match the reply address provided when requesting Authorization code."),
    (500_133, "invalid_grant", "", "Assertion is not within its valid time range."),
    (501_481, "invalid_grant", "", "The Code_Verifier does not match the code_challenge supplied in the authorization request."),
    (501_491, "invalid_request", "", "The code_challenge_method is not supported: it must be 'S256' or 'plain'."),
    (530_032, "interaction_required", "message_only", "The tenant has a security policy that blocks this request."),
    (530_034, "interaction_required", "message_only", "A delegated administrator was blocked from accessing the tenant due to account risk in their home tenant."),
    (530_035, "interaction_required", "message_only", "Access has been blocked by security defaults."),
    (650_051, "invalid_client", "", "The service principal of the application could not be created in the tenant."),
    (650_052, "invalid_client", "", "The app needs access to a service that your organization has not subscribed to or enabled."),
    (650_056, "invalid_client", "", "Misconfigured application: the client has not listed any permissions in its registration."),
    (650_057, "invalid_resource", "", "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration."),
    (700_005, "invalid_grant", "", "Provided Authorization Code is intended to use against other tenant, thus rejected."),
    (700_016, "unauthorized_client", "", "The application was not found in the directory."),
    (700_021, "invalid_client", "", "Client assertion application identifier doesn't match 'client_id' parameter."),
    (700_022, "invalid_scope", "", "The provided value for the input parameter scope is not valid because it contains more than one resource."),
    (700_023, "invalid_scope", "", "The provided value for the input parameter 'scope' names no resource."),
    (700_024, "invalid_client", "", "Client assertion is not within its valid time range."),
    (700_025, "invalid_client", "", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."),
    (700_027, "invalid_client", "", "The certificate with identifier used to sign the client assertion is not registered on application."),
    (700_082, "invalid_grant", "", "The refresh token has expired due to inactivity."),
    (700_084, "invalid_grant", "", "The refresh token was issued to a single page app, and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended."),
    (700_229, "invalid_client", "", "Only app tokens can be used as Federated Identity Credentials for AAD issuer."),
    (7_000_112, "unauthorized_client", "", "Application is disabled."),
    (7_000_215, "invalid_client", "", "Invalid client secret provided."),
    (7_000_218, "invalid_client", "", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
    (7_000_222, "invalid_client", "", "The provided client secret keys are expired."),
    (9_002_327, "invalid_request", "", "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_in_order() {
        let codes: Vec<u32> = TABLE.iter().map(|(code, ..)| *code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(TABLE.iter().all(|(.., text)| text.ends_with('.')));
    }

    #[test]
    fn a_code_has_its_error_and_status() {
        let seen = |code| {
            let Meaning {
                error, suberror, ..
            } = meaning(code);
            (status(error), error, suberror)
        };
        assert_eq!(seen(7_000_215), (401, "invalid_client", None));
        assert_eq!(
            seen(65_001),
            (400, "invalid_grant", Some("consent_required"))
        );
        assert_eq!(seen(90_055), (429, "temporarily_unavailable", None));
        assert_eq!(seen(900_144), (400, "invalid_request", None));
        assert_eq!(at_authorize(65_001), "consent_required");
        assert_eq!(at_authorize(53_003), "access_denied");
    }
}
