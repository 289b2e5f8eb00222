// SPDX-License-Identifier: MIT
// Rust, whose names are mangled in one of two ways.
mod place {
    #[inline(never)]
    pub fn keep<T: Copy>(values: &mut Vec<T>, value: T) {
        values.push(value);
    }
}

fn main() {
    let mut values = Vec::new();
    place::keep(&mut values, 7u32);
    std::process::exit(values[0] as i32 - 7);
}
