//! How the sandbox's delays pass. Due work is done before the first request after its time, so the
//! sandbox itself never sleeps; it only hands out delays (`Retry-After`, provisioning) and dates.

use std::time::Duration;

/// How long a delay of the service is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As long as the service's own, in a time that jumps: the embedded sandbox.
    Virtual,
    /// Scaled so that none exceeds one second, keeping their order: `sandbox serve`.
    Fast,
    /// As long as the service's own, in real time.
    Real,
}

impl Pace {
    /// Returns the pace of that name: `virtual`, `fast` or `real`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "virtual" => Some(Self::Virtual),
            "fast" => Some(Self::Fast),
            "real" => Some(Self::Real),
            _ => None,
        }
    }

    /// Returns how long a delay of the service is at this pace. [`Pace::Fast`] maps `d` to
    /// `d / (1 + d)` seconds: never above one, and a longer delay stays the longer one.
    pub(crate) fn scale(self, delay: Duration) -> Duration {
        match self {
            Self::Virtual | Self::Real => delay,
            Self::Fast => delay.div_f64(1.0 + delay.as_secs_f64()),
        }
    }

    /// Returns the delay as whole seconds, rounded up, for `Retry-After`.
    pub(crate) fn retry_after(self, delay: Duration) -> u64 {
        let scaled = self.scale(delay);
        scaled.as_secs() + u64::from(scaled.subsec_nanos() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_delays_stay_below_a_second_and_in_order() {
        let delays = [0, 1, 5, 60, 900, 86_400].map(Duration::from_secs);
        let scaled = delays.map(|delay| Pace::Fast.scale(delay));
        assert!(scaled.is_sorted() && scaled.iter().all(|delay| delay.as_secs() == 0));
        assert_eq!(Pace::Fast.retry_after(Duration::from_secs(60)), 1);
        assert_eq!(Pace::Real.retry_after(Duration::from_secs(60)), 60);
    }
}
