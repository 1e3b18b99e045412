//! What makes a run safe: every call has a place in it (lane and number), and fan-outs are counted
//! by the clock.

pub mod fan_out;
pub mod lane;
