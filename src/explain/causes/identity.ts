// Causes around who is who: names that are taken, versions, people who are not here.

import type { Cause } from '../cause.ts'

/** What is there twice, or not at all. RFC 7644 §3.3, §3.12, §3.14. */
export const IDENTITY: readonly Cause[] = [
  {
    id: 'user-name-taken',
    codes: ['SCIM_UNIQUENESS'],
    says: ['Another User has this userName'],
    place: 'again',
    en: [
      '{idp} sent a second person with the `userName` of somebody who is here.',
      'The person was created here before, by hand, by an import or by another connection, and {idp} did not find them; or two accounts there have the same name.',
      'Open the person here. If it is the same one, set their `externalId` to their id {inidp} and send them again, so that they are found; if not, change one of the two names.',
    ],
    de: [
      '{idp} sandte eine zweite Person mit dem `userName` von jemandem, der schon hier ist.',
      'Die Person wurde hier vorher angelegt, von Hand, durch einen Import oder eine andere Verbindung, und {idp} fand sie nicht; oder zwei Konten dort haben denselben Namen.',
      'Öffnen Sie die Person hier. Ist es dieselbe, setzen Sie ihre `externalId` auf ihre ID {inidp} und senden Sie sie erneut, damit sie gefunden wird; wenn nicht, ändern Sie einen der beiden Namen.',
    ],
    vendors: {
      entra: {
        why: {
          en: 'Two accounts have this user principal name, or the person was created here before and the matching attribute of the mapping does not find them.',
          de: 'Zwei Konten haben diesen User Principal Name, oder die Person wurde hier vorher angelegt und das Matching-Attribut der Zuordnung findet sie nicht.',
        },
        todo: {
          en: 'Open the person here and set `externalId` to their *Object ID* in Entra, or match on `userName`; Entra then takes them over in its next cycle, or at once on demand.',
          de: 'Öffnen Sie die Person hier und setzen Sie `externalId` auf ihre *Object ID* in Entra, oder nehmen Sie `userName` als Matching-Attribut; Entra übernimmt sie dann im nächsten Zyklus oder auf Abruf sofort.',
        },
      },
      okta: {
        why: {
          en: 'Okta looked for the application username and found nobody, because the name here is another one, or two people in Okta have the same application username.',
          de: 'Okta suchte den Application username und fand niemanden, weil der Name hier ein anderer ist, oder zwei Personen in Okta haben denselben Application username.',
        },
      },
      keycloak: {
        why: {
          en: 'The extension creates people without looking for them first, and this one was here already.',
          de: 'Die Erweiterung legt Personen an, ohne sie vorher zu suchen, und diese war schon hier.',
        },
        todo: {
          en: 'Delete the person here if nothing depends on them, and save them in Keycloak again; else they stay without a link and are never updated.',
          de: 'Löschen Sie die Person hier, wenn nichts an ihr hängt, und speichern Sie sie in Keycloak erneut; sonst bleibt sie ohne Verknüpfung und wird nie aktualisiert.',
        },
      },
      auth0: {
        why: {
          en: 'Auth0 delivers an event again after a failure, so the first delivery may have created this person; or somebody else here has this address.',
          de: 'Auth0 stellt ein Ereignis nach einem Fehler erneut zu, die erste Zustellung kann die Person also angelegt haben; oder jemand anderes hier hat diese Adresse.',
        },
      },
      authentik: {
        why: {
          en: 'authentik creates first and looks for the person after this answer: if it then updates them, all is well.',
          de: 'authentik legt zuerst an und sucht die Person nach dieser Antwort: Aktualisiert es sie dann, ist alles in Ordnung.',
        },
      },
      rippling: {
        todo: {
          en: 'Match the person with the existing account instead of creating one; a rehire is often still here, inactive.',
          de: 'Ordnen Sie die Person dem vorhandenen Konto zu, statt eines anzulegen; wer wieder eingestellt wird, ist oft noch inaktiv hier.',
        },
      },
    },
  },
  {
    id: 'group-name-taken',
    codes: ['SCIM_UNIQUENESS'],
    says: ['Another Group has this displayName'],
    place: 'groups',
    en: [
      '{idp} sent a second group with a name that is taken here.',
      'Group names are unique on this connection, as Entra requires it; a group of this name was made here before, or two groups there have the same name.',
      'Rename one of the two, or delete the group here if nothing depends on it.',
    ],
    de: [
      '{idp} sandte eine zweite Gruppe mit einem Namen, der hier vergeben ist.',
      'Gruppennamen sind auf dieser Verbindung eindeutig, wie Entra es verlangt; eine Gruppe dieses Namens gab es hier schon, oder zwei Gruppen dort heißen gleich.',
      'Benennen Sie eine der beiden um, oder löschen Sie die Gruppe hier, wenn nichts an ihr hängt.',
    ],
  },
  {
    id: 'same-person-unclear',
    codes: ['SCIM_UNIQUENESS'],
    says: [
      'Several people have the',
      'This person exists already, as User',
      'whom the application takes this person for',
    ],
    place: 'mapping',
    en: [
      'The application already knows this person, and it is not clear whether it is the same one.',
      'Somebody here has the same value by which the application recognises people, and perhaps another account of {idp}.',
      'Look at both accounts here. Clear the `externalId` of the one that is outdated, or map another attribute to the one that tells people apart.',
    ],
    de: [
      'Die Anwendung kennt diese Person schon, und es ist nicht klar, ob es dieselbe ist.',
      'Jemand hier hat denselben Wert, an dem die Anwendung Personen erkennt, und vielleicht ein anderes Konto {inidp}.',
      'Sehen Sie sich beide Konten hier an. Leeren Sie die `externalId` des veralteten, oder ordnen Sie dem unterscheidenden Attribut ein anderes zu.',
    ],
  },
  {
    id: 'id-taken',
    codes: ['SCIM_UNIQUENESS'],
    says: ['There is a resource with the id'],
    en: [
      'A client chose an id that is taken.',
      'Ids are given by the server; this application lets clients choose them, and this one exists.',
      'Update the resource that has the id, or choose another one.',
    ],
    de: [
      'Ein Client wählte eine ID, die vergeben ist.',
      'IDs vergibt der Server; diese Anwendung lässt Clients sie wählen, und diese gibt es schon.',
      'Aktualisieren Sie die Ressource mit dieser ID, oder wählen Sie eine andere.',
    ],
  },
  {
    id: 'value-taken',
    codes: ['SCIM_UNIQUENESS', 'SCIM_CONFLICT'],
    says: ['Another '],
    place: 'mapping',
    en: [
      '{idp} sent a value that somebody else here already has.',
      'The attribute that the message names is unique here, and two accounts {inidp} have the same value for it.',
      'Change it for one of the two, or map an attribute that is different for everybody.',
    ],
    de: [
      '{idp} sandte einen Wert, den hier schon jemand anderes hat.',
      'Das Attribut, das die Meldung nennt, ist hier eindeutig, und zwei Konten {inidp} haben denselben Wert dafür.',
      'Ändern Sie ihn bei einem der beiden, oder ordnen Sie ein Attribut zu, das bei allen verschieden ist.',
    ],
  },
  {
    id: 'uniqueness',
    codes: ['SCIM_UNIQUENESS'],
    place: 'mapping',
    en: [
      '{idp} sent a value that must be unique and is taken.',
      'Somebody or something here has it already.',
      'Find it here, then update that one or change one of the two values.',
    ],
    de: [
      '{idp} sandte einen Wert, der eindeutig sein muss und vergeben ist.',
      'Jemand oder etwas hier hat ihn schon.',
      'Suchen Sie ihn hier, und aktualisieren Sie dann diesen Eintrag oder ändern Sie einen der beiden Werte.',
    ],
  },
  {
    id: 'still-there',
    codes: ['SCIM_CONFLICT'],
    says: ['is there still; delete it first'],
    en: [
      'Somebody who is still here was to be erased.',
      'Erasing is for what was deleted before.',
      'Delete the account first, then erase it.',
    ],
    de: [
      'Jemand, der noch hier ist, sollte getilgt werden.',
      'Getilgt wird, was vorher gelöscht wurde.',
      'Löschen Sie zuerst das Konto, und tilgen Sie es dann.',
    ],
  },
  {
    id: 'conflict',
    codes: ['SCIM_CONFLICT'],
    en: [
      'A change met another one and was not made.',
      'Something that it builds on could not be created, or was changed at the same time.',
      'Send it again; if it comes back, look at the change before it.',
    ],
    de: [
      'Eine Änderung traf auf eine andere und wurde nicht ausgeführt.',
      'Etwas, worauf sie aufbaut, konnte nicht angelegt werden oder wurde gleichzeitig geändert.',
      'Senden Sie sie erneut; kommt der Fehler wieder, sehen Sie sich die Änderung davor an.',
    ],
  },
  {
    id: 'changed-meanwhile',
    codes: ['SCIM_PRECONDITION_FAILED'],
    en: [
      'A change was refused because the resource is no longer as the client saw it.',
      'Somebody else changed it in between, and the client asked to be told.',
      'Nothing to do if the client reads again and repeats the change; most do so by themselves.',
    ],
    de: [
      'Eine Änderung wurde abgelehnt, weil die Ressource nicht mehr so ist, wie der Client sie sah.',
      'Jemand anderes hat sie inzwischen geändert, und der Client wollte das wissen.',
      'Nichts zu tun, wenn der Client neu liest und die Änderung wiederholt; die meisten tun das von selbst.',
    ],
  },
  {
    id: 'not-here',
    codes: ['SCIM_NOT_FOUND'],
    says: ['with the id'],
    place: 'again',
    en: [
      '{idp} asked for somebody or something that is not here.',
      'It was deleted here, or by another connection, while {idp} still keeps its id; right after a deletion this is how clients make sure.',
      'If it should be here, send it again there, so that it is created anew; if it was deleted on purpose, there is nothing to do.',
    ],
    de: [
      '{idp} fragte nach jemandem oder etwas, das es hier nicht gibt.',
      'Es wurde hier oder von einer anderen Verbindung gelöscht, während {idp} die ID noch hat; direkt nach einem Löschen vergewissern sich Clients so.',
      'Sollte es hier sein, senden Sie es dort erneut, damit es neu angelegt wird; wurde es mit Absicht gelöscht, ist nichts zu tun.',
    ],
    vendors: {
      entra: {
        todo: {
          en: 'If the person should be here, restart provisioning with *Restart provisioning*, which makes Entra forget the ids it keeps; if they were deleted on purpose, there is nothing to do.',
          de: 'Sollte die Person hier sein, starten Sie die Bereitstellung mit *Restart provisioning* neu; Entra vergisst dann die gemerkten IDs. Wurde sie mit Absicht gelöscht, ist nichts zu tun.',
        },
      },
      okta: {
        todo: {
          en: 'If the person should be here, remove them from the app and assign them again; Okta then looks for them and creates them. For a group, unlink the push and add it again.',
          de: 'Sollte die Person hier sein, entfernen Sie sie aus der App und weisen Sie sie neu zu; Okta sucht sie dann und legt sie an. Bei einer Gruppe lösen Sie die Übertragung und legen Sie sie neu an.',
        },
      },
    },
  },
  {
    id: 'wrong-address',
    codes: ['SCIM_NOT_FOUND', 'SCIM_INVALID_VERS'],
    says: [
      'There is nothing here; SCIM is at',
      'There is no SCIM at',
      'There is nothing at /',
      'There is no endpoint',
      'The path segment',
      'Protocol version',
    ],
    place: 'credentials',
    en: [
      '{idp} called an address that does not exist here.',
      'A piece of the base URL is missing or doubled, such as `/tenants/…`, `/scim/v2` or `/Users`; or the client uses an endpoint that this tenant does not have.',
      'Enter the base URL exactly as it was shown for this connection, without a slash at the end and without `/Users`.',
    ],
    de: [
      '{idp} rief eine Adresse auf, die es hier nicht gibt.',
      'Ein Stück der Basis-URL fehlt oder steht doppelt da, etwa `/tenants/…`, `/scim/v2` oder `/Users`; oder der Client nutzt einen Endpunkt, den dieser Mandant nicht hat.',
      'Tragen Sie die Basis-URL genau so ein, wie sie für diese Verbindung gezeigt wurde, ohne Schrägstrich am Ende und ohne `/Users`.',
    ],
  },
  {
    id: 'no-such-type',
    codes: ['SCIM_NOT_FOUND'],
    says: ['There is no resource type', 'There is no schema', 'There are no users here'],
    en: [
      'A client asked for a type or schema that this tenant does not have.',
      'It was removed, or the client expects one that was never added.',
      'Add it under Schemas, or have the client leave it out; `/ResourceTypes` and `/Schemas` list what there is.',
    ],
    de: [
      'Ein Client fragte nach einem Typ oder Schema, das dieser Mandant nicht hat.',
      'Es wurde entfernt, oder der Client erwartet eines, das nie hinzugefügt wurde.',
      'Fügen Sie es unter Schemas hinzu, oder lassen Sie den Client es weglassen; `/ResourceTypes` und `/Schemas` nennen, was es gibt.',
    ],
  },
  {
    id: 'tenant-gone',
    codes: ['SCIM_NOT_FOUND'],
    says: ['The tenant is gone', 'The log, which begins at place'],
    en: [
      'What a request was about is not kept here any more.',
      'The tenant was deleted, or the log was cut.',
      'Stop the client if it was deleted on purpose; else restore it from a backup.',
    ],
    de: [
      'Was eine Anfrage betraf, wird hier nicht mehr geführt.',
      'Der Mandant wurde gelöscht, oder das Protokoll wurde gekürzt.',
      'Halten Sie den Client an, wenn mit Absicht gelöscht wurde; sonst stellen Sie es aus einer Sicherung wieder her.',
    ],
  },
  {
    id: 'not-found',
    codes: ['SCIM_NOT_FOUND'],
    place: 'credentials',
    en: [
      'A request named something that is not here.',
      'It was deleted, it belongs to another tenant, or the address is wrong.',
      'Compare the base URL and, for one person or group, look for it under Departed.',
    ],
    de: [
      'Eine Anfrage nannte etwas, das es hier nicht gibt.',
      'Es wurde gelöscht, gehört zu einem anderen Mandanten, oder die Adresse ist falsch.',
      'Vergleichen Sie die Basis-URL, und suchen Sie eine Person oder Gruppe unter Ausgeschiedene.',
    ],
  },
]
