// The writing half of the directory: create, replace, patch and remove.

import type { Json } from '../protocol/index.ts'
import { createCommit } from './commit.ts'
import type { Context, DirectoryDeps } from './context.ts'
import { createOne } from './create.ts'
import type { CreateOptions, Outcome, WriteOptions } from './outcome.ts'
import { patchOne } from './patch.ts'
import { removeOne } from './remove.ts'
import { replaceOne } from './replace.ts'
import type { WriteDeps } from './update.ts'

/** Writes of one resource. All throw ScimError. */
export interface Writes {
  create(context: Context, typeName: string, body: Json, options?: CreateOptions): Promise<Outcome>
  replace(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  patch(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  remove(context: Context, typeName: string, id: string, options?: WriteOptions): Promise<void>
}

/** Creates the writing half of a directory. */
export function createWrites<Tx>(directory: DirectoryDeps<Tx>): Writes {
  const deps: WriteDeps<Tx> = { ...directory, commit: createCommit(directory) }
  return {
    create: (context, typeName, body, options) => createOne(deps, context, typeName, body, options),
    replace: (context, typeName, id, body, options) => replaceOne(deps, context, typeName, id, body, options),
    patch: (context, typeName, id, body, options) => patchOne(deps, context, typeName, id, body, options),
    remove: (context, typeName, id, options) => removeOne(deps, context, typeName, id, options),
  }
}
