//! The Goose load test of tests/bench/peers. The environment variable CASE selects what each user does.
use goose::prelude::*;

async fn get(user: &mut GooseUser) -> TransactionResult {
    let _ = user.get("/json").await?;
    Ok(())
}

/// One GET on a connection of its own.
async fn connect(user: &mut GooseUser) -> TransactionResult {
    let builder = user
        .get_request_builder(&GooseMethod::Get, "/json")?
        .header("Connection", "close");
    let request = GooseRequest::builder().set_request_builder(builder).build();
    let _ = user.request(request).await?;
    Ok(())
}

/// The five steps; a step whose status is not 200 ends the visit.
async fn flow(user: &mut GooseUser) -> TransactionResult {
    thread_local!(static TOKEN: regex::Regex =
        regex::Regex::new(r#"name="csrf" value="([^"]+)""#).unwrap());
    let Some(page) = ok(user.get("/form").await?) else { return Ok(()) };
    let page = page.text().await.unwrap_or_default();
    let token = TOKEN
        .with(|token| token.captures(&page).map(|found| found[1].to_string()))
        .unwrap_or_default();
    let fields = [("csrf", token.as_str()), ("user", "anna")];
    if ok(user.post_form("/form", &fields).await?).is_none() {
        return Ok(());
    }
    let Some(product) = ok(user.get("/json").await?) else { return Ok(()) };
    let product = product.text().await.unwrap_or_default();
    let product: serde_json::Value = serde_json::from_str(&product).unwrap_or_default();
    let order = serde_json::json!({"id": product["id"], "quantity": 1});
    if ok(user.post_json("/json", &order).await?).is_none() {
        return Ok(());
    }
    let _ = user.get(&format!("/item/{}", product["id"])).await?;
    Ok(())
}

fn ok(goose: GooseResponse) -> Option<reqwest::Response> {
    goose.response.ok().filter(|response| response.status() == 200)
}

#[tokio::main]
async fn main() -> Result<(), GooseError> {
    let scenario = scenario!("peer");
    let scenario = match std::env::var("CASE").as_deref() {
        Ok("flow") => scenario.register_transaction(transaction!(flow)),
        Ok("connect") => scenario.register_transaction(transaction!(connect)),
        _ => scenario.register_transaction(transaction!(get)),
    };
    GooseAttack::initialize()?.register_scenario(scenario).execute().await?;
    Ok(())
}
