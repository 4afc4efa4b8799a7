//! Alerts that a test brings along, as JSON.

use jiff::Timestamp;
use serde_json::Value;

use super::generate;
use super::store::{Body, Row};
use crate::alert::stamp;

/// The text of a whole alert: the given members, and made-up ones (`model`) where there is none.
pub fn complete(members: &Value, model: &Row, tenant: &str) -> Result<String, String> {
    let Value::Object(members) = members else {
        return Err(format!("an alert is a JSON object, found {members}"));
    };
    let mut model = model.clone();
    let at = |key: &str| members.get(key).and_then(Value::as_str).and_then(stamp::parse);
    if let Some(moment) = at("lastUpdateDateTime").or_else(|| at("createdDateTime")) {
        model.updated = moment;
        model.created = at("createdDateTime").unwrap_or(moment);
    }
    let mut out = Vec::new();
    generate::write(&mut out, &model, tenant, true);
    let mut alert: serde_json::Map<String, Value> = serde_json::from_slice(&out).map_err(|error| error.to_string())?;
    alert.extend(members.clone());
    Ok(Value::Object(alert).to_string())
}

/// Reads what a list must know of an alert.
pub fn row(text: &str, now: Timestamp) -> Result<Row, String> {
    let alert: Value = serde_json::from_str(text).map_err(|error| format!("the alert is not JSON: {error}"))?;
    let word = |key: &str| alert.get(key).and_then(Value::as_str);
    let id = word("id").ok_or("the alert has no \"id\" that is a text")?;
    let updated = word("lastUpdateDateTime")
        .and_then(stamp::parse)
        .ok_or_else(|| format!("alert {id} has no \"lastUpdateDateTime\" that is a date"))?;
    Ok(Row {
        id: id.into(),
        created: word("createdDateTime").and_then(stamp::parse).unwrap_or(updated),
        updated,
        readable_at: now.max(updated),
        severity: word("severity").unwrap_or("unknown").into(),
        service: word("serviceSource").unwrap_or("unknown").into(),
        status: word("status").unwrap_or("unknown").into(),
        incident: word("incidentId").and_then(|number| number.parse().ok()).unwrap_or(0),
        body: Body::Given(text.into()),
    })
}

/// The text after a change of the row's status, incident and last update.
pub fn changed(text: &str, row: &Row) -> String {
    let Ok(Value::Object(mut alert)) = serde_json::from_str(text) else { return text.to_owned() };
    alert.insert("status".to_owned(), Value::from(&*row.status));
    alert.insert("lastUpdateDateTime".to_owned(), Value::from(row.updated.to_string()));
    if row.incident != 0 {
        alert.insert("incidentId".to_owned(), Value::from(row.incident.to_string()));
    }
    Value::Object(alert).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{complete, row};
    use crate::simulator::generate::Generator;

    #[test]
    fn given_members_win_and_the_others_are_made_up() {
        let now = "2026-03-02T07:00:00Z".parse().expect("a date");
        let model = Generator::new(1).row(now);
        let members =
            json!({"id": "da1", "severity": "high", "lastUpdateDateTime": "2026-03-01T00:00:00.1234567Z", "novel": [1]});
        let text = complete(&members, &model, "t").expect("an alert");
        let alert: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(alert.as_object().expect("an object").len(), 37);
        assert_eq!((&alert["id"], &alert["tenantId"], &alert["novel"]), (&json!("da1"), &json!("t"), &json!([1])));
        let row = row(&text, now).expect("a row");
        assert_eq!((row.updated.to_string().as_str(), &*row.severity), ("2026-03-01T00:00:00.1234567Z", "high"));
        assert_eq!((row.created, row.readable_at), (row.updated, now));
    }

    #[test]
    fn what_no_list_can_carry_is_refused_with_the_reason() {
        let now = "2026-03-02T07:00:00Z".parse().expect("a date");
        for (text, reason) in
            [("{", "not JSON"), ("{}", "\"id\""), (r#"{"id":"x"}"#, "\"lastUpdateDateTime\""), (r#"{"id":7}"#, "\"id\"")]
        {
            let error = row(text, now).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
