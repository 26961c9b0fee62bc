// Causes in groups: members who are not here, or are no members.

import type { Cause } from '../cause.ts'

/** What is wrong with the members of a group. RFC 7643 §4.2, RFC 7644 §3.5.2. */
export const MEMBERS: readonly Cause[] = [
  {
    id: 'member-not-here',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['members: there is no user or group with the id'],
    place: 'assignments',
    en: [
      '{idp} put somebody into a group who is not here; the group stayed as it was.',
      'The person is a member there but not assigned to this application, so they were never sent.',
      'Assign that person to the application, wait until they are here, and send the group again.',
    ],
    de: [
      '{idp} nahm jemanden in eine Gruppe auf, den es hier nicht gibt; die Gruppe blieb, wie sie war.',
      'Die Person ist dort Mitglied, aber dieser Anwendung nicht zugewiesen; deshalb wurde sie nie gesendet.',
      'Weisen Sie die Person der Anwendung zu, warten Sie, bis sie hier ist, und senden Sie die Gruppe erneut.',
    ],
    vendors: {
      okta: {
        todo: {
          en: 'Assign that person to the app, then *Push Groups → Push now*: Okta does not send a refused push again by itself.',
          de: 'Weisen Sie die Person der App zu, dann *Push Groups → Push now*: Okta wiederholt eine abgelehnte Übertragung nicht von selbst.',
        },
      },
      entra: {
        todo: {
          en: 'Assign that person to the application as well. Entra sends people before groups and tries the group again in its next cycle.',
          de: 'Weisen Sie auch diese Person der Anwendung zu. Entra sendet Personen vor Gruppen und versucht die Gruppe im nächsten Zyklus erneut.',
        },
      },
    },
  },
  {
    id: 'member-type',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['leave "type" out or give', 'members: "type" is', ' takes a '],
    en: [
      'A member was sent as another kind of thing than it is.',
      'The message calls a group a user, a user a group, or names something that this group does not take.',
      'Have the client leave `type` out, or give the id of what the group takes.',
    ],
    de: [
      'Ein Mitglied wurde als etwas anderes gesendet, als es ist.',
      'Die Nachricht nennt eine Gruppe Benutzer, einen Benutzer Gruppe, oder etwas, das diese Gruppe nicht aufnimmt.',
      'Lassen Sie den Client `type` weglassen, oder geben Sie die ID von etwas an, das die Gruppe aufnimmt.',
    ],
  },
  {
    id: 'member-of-itself',
    codes: ['SCIM_INVALID_VALUE'],
    says: ["a group can't be its own member"],
    place: 'groups',
    en: [
      'A group was put into itself.',
      'The client, or a nesting {inidp}, goes in a circle of one.',
      'Take the group out of its own members there.',
    ],
    de: [
      'Eine Gruppe wurde in sich selbst aufgenommen.',
      'Der Client oder eine Verschachtelung {inidp} dreht sich im Kreis.',
      'Entfernen Sie die Gruppe dort aus ihren eigenen Mitgliedern.',
    ],
  },
  {
    id: 'member-not-there',
    codes: ['SCIM_NO_TARGET'],
    says: ['selects no member of this group'],
    place: 'groups',
    en: [
      'A change named a member whom the group does not have.',
      'The person left the group before, or was never in it here.',
      'Push the whole group again, so that both sides agree.',
    ],
    de: [
      'Eine Änderung nannte ein Mitglied, das die Gruppe nicht hat.',
      'Die Person hat die Gruppe vorher verlassen oder war hier nie darin.',
      'Übertragen Sie die ganze Gruppe erneut, damit beide Seiten übereinstimmen.',
    ],
  },
  {
    id: 'member-fixed',
    codes: ['SCIM_MUTABILITY'],
    says: ["of a member can't be changed"],
    en: [
      'A client tried to turn one member into another.',
      'Who a member is cannot be changed; members come and go.',
      'Have the client remove the one and add the other.',
    ],
    de: [
      'Ein Client wollte aus einem Mitglied ein anderes machen.',
      'Wer ein Mitglied ist, lässt sich nicht ändern; Mitglieder kommen und gehen.',
      'Lassen Sie den Client das eine entfernen und das andere hinzufügen.',
    ],
  },
  {
    id: 'member-malformed',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['An entry of members', 'members: "value" must be', 'members: "$ref"'],
    en: [
      'A group came with members that cannot be read.',
      'An entry has no id in `value`, or two that contradict each other.',
      'Have the client send each member as an object with the id of a user or group in `value`.',
    ],
    de: [
      'Eine Gruppe kam mit Mitgliedern, die sich nicht lesen lassen.',
      'Ein Eintrag hat keine ID in `value` oder zwei, die sich widersprechen.',
      'Lassen Sie den Client jedes Mitglied als Objekt mit der ID eines Benutzers oder einer Gruppe in `value` senden.',
    ],
  },
]
