//! Reading rows of clients that may know more fields than we do.

use std::borrow::Cow;

use serde_json::Value;

use crate::foundation::{
    faults::{self, Faults},
    parsing::REPEATED,
};

/// Reads a row of a client that may know more fields than we do: those are left out, and told in no fault.
///
/// # Errors
/// Every other fault.
pub fn leniently<T>(mut row: Value, read: impl Fn(Value) -> Result<T, Faults>) -> Result<T, Faults> {
    leave_out_long_names(&mut row);
    match read(row.clone()) {
        Err(faults) => {
            let unknown: Vec<String> = faults.unknown_fields().map(str::to_owned).collect();
            if unknown.is_empty() {
                return Err(faults);
            }
            for pointer in unknown {
                leave_out(&mut row, &pointer);
            }
            read(row)
        }
        read => read,
    }
}

/// Names that a fault would tell of in part only. None of ours is so long.
fn leave_out_long_names(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, _| matches!(faults::shown(name), Cow::Borrowed(_)));
            object.values_mut().for_each(leave_out_long_names);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_long_names),
        _ => {}
    }
}

fn leave_out(value: &mut Value, pointer: &str) {
    if let Some((parent, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(object)) = value.pointer_mut(parent)
    {
        let name = name.replace("~1", "/").replace("~0", "~");
        object.remove(&name);
        if let Some(Value::Array(repeated)) = object.get_mut(REPEATED) {
            repeated.retain(|repeated| *repeated != name.as_str());
            if repeated.is_empty() {
                object.remove(REPEATED);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::foundation::fields::Fields;

    fn read(value: Value) -> Result<(bool, Vec<bool>), Faults> {
        Fields::open(value)?.said(|fields| {
            Some((fields.required("known")?, fields.optional::<Inner>("inner").map_or(vec![], |inner| inner.0)))
        })
    }

    struct Inner(Vec<bool>);

    impl crate::foundation::fields::FromJson for Inner {
        fn from_json(value: &Value) -> Result<Self, Faults> {
            Fields::open(value.clone())?.said(|fields| Some(Self(vec![fields.required("flag")?])))
        }
    }

    #[test]
    fn what_nobody_knows_is_left_out_at_every_depth_and_every_other_fault_is_told() {
        let long = "x".repeat(90);
        let row = json!({"known": true, "a/b~c": 1, long.clone(): 2, "inner": {"flag": false, "more": {"x": 1}}});
        assert_eq!(leniently(row, read), Ok((true, vec![false])));
        let faulty = json!({"known": 5, "more": 1, long: 2});
        let told: Vec<_> =
            leniently(faulty, read).err().into_iter().flat_map(Faults::into_vec).map(|fault| fault.pointer).collect();
        assert_eq!(told, ["/known"]);
    }
}
