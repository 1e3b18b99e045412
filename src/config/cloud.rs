//! The clouds that Microsoft runs, with the addresses of their services. Source: Microsoft identity
//! platform, "National clouds"; Partner Center, "Partner Center REST URLs".

use url::{Host, Url};

use super::Endpoints;

/// A cloud, or addresses of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cloud {
    /// The global one.
    #[default]
    Public,
    /// That of the government of the United States (L4).
    UsGov,
    /// That which 21Vianet runs in China.
    China,
    /// Addresses of one's own: a sandbox, a gateway.
    Custom,
}

impl Cloud {
    /// Every cloud with the word of the configuration file.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("public", Self::Public),
        ("usgov", Self::UsGov),
        ("china", Self::China),
        ("custom", Self::Custom),
    ];

    /// Returns the word of the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGov => "usgov",
            Self::China => "china",
            Self::Custom => "custom",
        }
    }

    /// Returns the addresses of the cloud's services; one's own are not known here.
    pub fn endpoints(self) -> Option<Endpoints> {
        let [login, partner, graph, arm] = match self {
            Self::Public => [
                "https://login.microsoftonline.com",
                "https://api.partnercenter.microsoft.com",
                "https://graph.microsoft.com",
                "https://management.azure.com",
            ],
            Self::UsGov => [
                "https://login.microsoftonline.us",
                "https://api.partnercenter.microsoft.com",
                "https://graph.microsoft.us",
                "https://management.usgovcloudapi.net",
            ],
            Self::China => [
                "https://login.partner.microsoftonline.cn",
                "https://partner.partnercenterapi.microsoftonline.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://management.chinacloudapi.cn",
            ],
            Self::Custom => return None,
        }
        .map(|text| Url::parse(text).ok());
        Some(Endpoints {
            login: login?,
            partner: partner?,
            graph: graph?,
            arm: arm?,
        })
    }

    /// Returns the cloud that has these addresses.
    pub fn of(endpoints: &Endpoints) -> Self {
        let all = Self::WORDS.into_iter().map(|(_, cloud)| cloud);
        all.into_iter()
            .find(|cloud| cloud.endpoints().as_ref() == Some(endpoints))
            .unwrap_or(Self::Custom)
    }
}

/// Reads the address of a service.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "it is not a URL; give one such as https://host")?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        "http" | "https" => Err("it names no host; give a URL such as https://host".to_owned()),
        _ => Err("it is neither http nor https".to_owned()),
    }
}

/// Reads an address that is worth writing down: secrets travel there, so only the own machine may do
/// without encryption.
pub(super) fn encrypted_address(text: &str) -> Result<Url, String> {
    let url = address(text)?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "http" if !local => Err("secrets travel there: it has to be https".to_owned()),
        _ => Ok(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_unless_it_is_here() {
        for good in [
            "https://login.example",
            "https://login.example/path",
            "http://localhost:1",
            "http://127.0.0.1:80/pc",
            "http://[::1]:2",
            "http://login.localhost",
        ] {
            assert!(encrypted_address(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "login.example",
            "http://login.example",
            "ftp://login.example",
            "https://",
            "http://localhost.example",
        ] {
            assert!(encrypted_address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cloud_is_known_by_its_addresses() {
        for (word, cloud) in Cloud::WORDS {
            assert_eq!(cloud.as_str(), word);
            let endpoints = cloud.endpoints();
            assert_eq!(endpoints.is_none(), cloud == Cloud::Custom);
            if let Some(endpoints) = endpoints {
                assert_eq!(Cloud::of(&endpoints), cloud);
            }
        }
        let mut own = Cloud::Public.endpoints().expect("known");
        own.arm = "http://localhost:1".parse().expect("a URL");
        assert_eq!(Cloud::of(&own), Cloud::Custom);
    }
}
