//! Many calls in few requests: Microsoft Graph takes twenty at once. Every part stays a call of its
//! own, with its own effect, step, ids, pace, repetition and outcome; only the way is shared. Source:
//! Combine multiple requests in one HTTP call using JSON batching.

mod group;
mod order;
mod wire;

use super::answer;
use super::call::Call;
use super::client::Client;
use super::policy::correlation;
use super::request::Request;
use super::response::Response;
use crate::error::{Code, Error, Sent};
use group::Group;

/// Requests that one batch can carry.
const MOST: usize = 20;

/// One call of a batch.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is called in messages.
    pub name: String,
    /// The call. Its path begins with the version (`/v1.0/…`).
    pub call: Call,
    /// The parts, by their place, that must have gone well before.
    pub after: Vec<usize>,
}

/// What has become of each part; `None`: nothing yet.
type Settled = Vec<Option<Result<Response, Error>>>;

/// A part on its way.
#[derive(Debug)]
struct Member<'a> {
    part: &'a Part,
    request: Request,
}

impl Client {
    /// Makes calls of one service and returns what each has come to, in their order. None is sent
    /// unless the run may make all of them. Fails only where the run itself ends; blocks like
    /// [`call`](Self::call).
    pub fn batch(&self, parts: &[Part]) -> Result<Vec<Result<Response, Error>>, Error> {
        let order = order::by_dependency(parts)?;
        let members = parts.iter().map(|part| self.member(part));
        let members: Vec<Member<'_>> = members.collect::<Result<_, _>>()?;
        let mut settled: Settled = vec![None; parts.len()];
        for group in order::Groups::new(&members, order) {
            settled = Group::new(self, &members, group, settled).run()?;
        }
        let lost = || {
            Err(Error::new(
                Code::Internal,
                "a part of a batch was forgotten",
            ))
        };
        let each = parts.iter().zip(settled);
        Ok(each
            .map(|(part, result)| {
                let result = result.unwrap_or_else(lost);
                result.map_err(|error| self.advised(&part.call, error))
            })
            .collect())
    }

    /// Admits a part, and gives it its ids: they stay the same in all its attempts.
    fn member<'a>(&self, part: &'a Part) -> Result<Member<'a>, Error> {
        let mut request = self.admit(&part.call)?;
        correlation::identify(&mut request);
        Ok(Member { part, request })
    }
}

impl Member<'_> {
    /// Returns what an answer means, like that of a call alone.
    fn accept(&self, answer: Response) -> Result<Response, Error> {
        let answer = answer::accept(&self.part.call, &self.request, answer)?;
        if answer::promises_json(&self.part.call) {
            answer.promised_json()?;
        }
        Ok(answer)
    }

    /// Returns the outcome of a part that was not made because another failed.
    fn left_out(&self, because: &str) -> Error {
        let (own, operation) = (&self.part.name, &self.part.call.operation);
        Error::new(
            Code::GraphDependency,
            format!(
                "`{own}` (`{operation}`) was not made: `{because}`, on which it depends, failed"
            ),
        )
        .help(format!(
            "mend what the outcome of `{because}` says; of this one nothing was sent"
        ))
        .sent(Sent::No)
    }
}
