/** A role that exists from the start. What each may do is data in `access/`. */
export type BuiltInRole = "Administrator" | "Operator" | "Viewer";
