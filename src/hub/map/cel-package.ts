// Loads the package of the expression engine, and names the parts of it that are used.

import { createRequire } from 'node:module'
import type * as Package from '@bufbuild/cel'
import type * as Extensions from '@bufbuild/cel/ext'
import { notInstalled, providedPackage } from '../../packages.ts'
import { ConfigError } from '../../protocol/index.ts'

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

/** The package with its functions for text. */
type CelWithText = Cel & Pick<typeof Extensions, 'strings'>

/**
 * Loads the package, which is done only here, and only when a map has an expression. In one go, so that maps compile in one. Throws
 * ConfigError where it is not installed.
 */
export function loadCel(): CelWithText {
  const provided = providedPackage('@bufbuild/cel')
  if (provided !== undefined) return provided() as CelWithText
  const require = createRequire(import.meta.url)
  try {
    const cel: Cel = require('@bufbuild/cel')
    const { strings }: typeof Extensions = require('@bufbuild/cel/ext')
    return { ...cel, strings }
  } catch (error) {
    const words = notInstalled('@bufbuild/cel', 'an expression in a map', error)
    throw words === undefined ? error : new ConfigError('@bufbuild/cel', words, { cause: error })
  }
}
