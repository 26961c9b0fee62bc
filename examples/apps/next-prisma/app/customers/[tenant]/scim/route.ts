// Connects a customer. A real app asks for one of its own administrators here.

import { connect } from '../../../../scim.ts'

export async function POST(_request: Request, { params }: { params: Promise<{ tenant: string }> }) {
  return Response.json(await connect((await params).tenant))
}
