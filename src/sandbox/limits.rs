//! The limits of the integration sandbox, as numbers. Source: partner-center reference §18: the
//! programme's original guide and the present documents differ, so they are profiles.

/// A set of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// The original guide of the programme (2015).
    Guide2015,
    /// The documents of 2018–2026.
    Current,
}

impl Limits {
    /// Returns the profile of that name: `guide2015` or `current`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "guide2015" => Some(Self::Guide2015),
            "current" => Some(Self::Current),
            _ => None,
        }
    }

    /// Returns the name of the profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guide2015 => "guide2015",
            Self::Current => "current",
        }
    }

    /// Tells whether the services are those of the guide's days.
    pub(crate) fn is_guide(self) -> bool {
        self == Self::Guide2015
    }

    /// Returns how many customers a partner may have.
    pub(crate) fn customers(self) -> usize {
        match self {
            Self::Guide2015 => 25,
            Self::Current => 75,
        }
    }

    /// Returns how many subscriptions a customer may have.
    pub(crate) fn subscriptions_per_customer(self) -> usize {
        match self {
            Self::Guide2015 => 25,
            Self::Current => 5,
        }
    }

    /// Returns how many US dollars the Azure usage of a subscription may cost in a month. What the
    /// present documents name is counted per billing cycle and not served.
    pub(crate) fn azure_usage(self) -> Option<f64> {
        match self {
            Self::Guide2015 => Some(200.0),
            Self::Current => None,
        }
    }

    /// Returns how many seats a subscription may have.
    #[expect(clippy::unused_self, reason = "both profiles agree at present")]
    pub(crate) fn seats_per_subscription(self) -> u32 {
        25
    }
}
