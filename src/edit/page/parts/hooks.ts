/*
 * The functions of React that the page uses, as names of one module. React itself is a CommonJS module: a bundle
 * calls its functions as members of an object, in each file another one, which takes 4 KB more after compression.
 */
import React from "react";

export const { createContext, useContext, useEffect, useId, useMemo, useRef, useState } = React;
