// SPDX-License-Identifier: MIT
// The page begins.

startTheme(byId("theme"));
new Page(readProfile(byId("profile")));
