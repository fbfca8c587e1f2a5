/*
 * The functions that create elements, for the compiled JSX: --jsx-import-source of esbuild prescribes the name of this
 * file and of its members. They have one name in the bundle (see hooks.ts): React's `jsxs` is the same as `jsx`.
 */
import * as runtime from "react/jsx-runtime";

const { jsx: element, Fragment } = runtime as unknown as { jsx: unknown; Fragment: unknown };

export { Fragment, element as jsx, element as jsxs };
