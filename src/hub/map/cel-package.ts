// Loads the package of the expression engine, and names the parts of it that are used.

import { createRequire } from 'node:module'
import type * as Package from '@bufbuild/cel'
import type * as Extensions from '@bufbuild/cel/ext'

/** The package. */
export type Cel = typeof Package
/** Where expressions run: variables and functions. */
export type CelEnv = Package.CelEnv
/** What goes in. */
export type CelInput = Package.CelInput
/** What comes out, and goes from function to function. */
export type CelValue = Package.CelValue
/** The tree of an expression. */
export type Expr = ReturnType<Cel['parse']>['expr']

/** Loads the package, which is done only here, and only when a map has an expression. In one go, so that maps compile in one. */
export function loadCel(): Cel & Pick<typeof Extensions, 'strings'> {
  const require = createRequire(import.meta.url)
  const cel: Cel = require('@bufbuild/cel')
  const { strings }: typeof Extensions = require('@bufbuild/cel/ext')
  return { ...cel, strings }
}
