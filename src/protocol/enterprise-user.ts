// The enterprise extension of the User schema. RFC 7643 §4.3.

import { defineSchema } from './define.ts'

/** The enterprise extension of people. RFC 7643 §4.3, §8.7.1, with its errata. */
export const EnterpriseUser = defineSchema({
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: {
    /**
     * What the organization numbers the person by. RFC 7643 §4.3.
     * @example '701984'
     */
    employeeNumber: { description: 'Identifier the organization gave the person.' },
    /**
     * Name of a cost center. RFC 7643 §4.3.
     * @example '4130'
     */
    costCenter: { description: 'Name of a cost center.' },
    /**
     * Name of an organization. RFC 7643 §4.3.
     * @example 'Acme'
     */
    organization: { description: 'Name of an organization.' },
    /**
     * Name of a division. RFC 7643 §4.3.
     * @example 'Theme Park'
     */
    division: { description: 'Name of a division.' },
    /**
     * Name of a department. RFC 7643 §4.3.
     * @example 'Sales'
     */
    department: { description: 'Name of a department.' },
    /**
     * The person's manager, who is a user too. RFC 7643 §4.3.
     * @example { value: '26118915-6090-4610-87e4-49d8ca9f808d' }
     */
    manager: {
      type: 'complex',
      description: "The user's manager, by reference to another User.",
      subAttributes: {
        /** The id of the manager's user. For example `'26118915-6090-4610-87e4-49d8ca9f808d'`. RFC 7643 §4.3. */
        value: { description: "The id of the manager's User resource.", caseExact: true },
        /** URI of the manager's user. For example `'https://app.example/scim/v2/Users/26118915'`. RFC 7643 §4.3. */
        $ref: { type: 'reference', description: "URI of the manager's User resource.", referenceTypes: ['User'] },
        /** Name of the manager, which the service provider fills in. For example `'Bea Lee'`. RFC 7643 §4.3. */
        displayName: {
          description: 'Display name of the manager, filled in by the service provider.',
          mutability: 'readOnly',
        },
      },
    },
  },
})
