//! demo
pub async fn fill(_service: &crate::service::Service) -> Result<String, String> {
    Ok(String::new())
}
