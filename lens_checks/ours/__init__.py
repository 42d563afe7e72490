"""An organisation's own checks: every file put here is found, judged and put under the contract test."""
