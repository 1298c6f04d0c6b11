//! What a device is known by.

use std::time::Duration;

use crate::secret;

/// How long a device is known after the last sign-in on it.
pub const KNOWN_FOR: Duration = Duration::from_hours(365 * 24);

secret! {
    /// 256 random bits that a device keeps, also when somebody signs out. They open nothing. The database knows a hash of them.
    DeviceToken, "crk_", "device token"
}
