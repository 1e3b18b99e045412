//! Tenantry: a scriptable automation host for Microsoft Cloud Solution Provider partners.

pub mod api;
pub mod base;
pub mod config;
pub mod error;

