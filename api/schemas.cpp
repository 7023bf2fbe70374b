// The shapes of answers and bodies. Objects are closed: a member that is not here is not sent, and
// tests/api holds the live answers to it.
#include "api/openapi.h"

namespace chayan::api {

std::string_view component_schemas() {
  return R"json({
"Date": {"type": "string", "format": "date"},
"NullableDate": {"type": ["string", "null"], "format": "date"},
"Level": {"enum": ["apprentice", "5", "4", "3", "2", "1", "special", "chief"], "description": "The digit falls as the skill rises."},
"FilingState": {"enum": ["in_procedure", "effective", "not_yet_valid", "suspended", "expired", "revoked", "cancelled", "unknown"]},
"Seq": {"type": "integer", "minimum": 0, "description": "Size of the change log that the answer was read from."},
"Problem": {
  "type": "object", "additionalProperties": false, "required": ["type", "title", "detail"],
  "properties": {
    "type": {"type": "string"},
    "title": {"type": "string"},
    "detail": {"type": "string"},
    "field": {"type": "string", "description": "The parameter or member to correct."}}},
"Offering": {
  "type": "object", "additionalProperties": false,
  "required": ["filing", "level", "level_name", "occupation", "occupation_name", "state", "valid_from", "valid_to"],
  "properties": {
    "filing": {"type": "string"},
    "item": {"type": "string", "description": "The catalog item that the line names."},
    "level": {"$ref": "#/components/schemas/Level"},
    "level_name": {"type": "string"},
    "occupation": {"type": "string"},
    "occupation_name": {"type": "string"},
    "receipt": {"type": "string"},
    "work_type": {"type": "string", "description": "Left out: the whole occupation."},
    "state": {"$ref": "#/components/schemas/FilingState"},
    "valid_from": {"$ref": "#/components/schemas/NullableDate"},
    "valid_to": {"$ref": "#/components/schemas/NullableDate"}}},
"ListedInstitution": {
  "type": "object", "additionalProperties": false,
  "required": ["credit_code", "name", "institution_kind", "offerings"],
  "properties": {
    "address": {"type": "string"},
    "credit_code": {"type": "string"},
    "institution_kind": {"type": "string"},
    "name": {"type": "string"},
    "national_filing_number": {"type": "string"},
    "region": {"type": "string"},
    "registration_authority": {"type": "string"},
    "service_address": {"type": "string"},
    "service_email": {"type": "string"},
    "service_phone": {"type": "string"},
    "supervision_phone": {"type": "string"},
    "website": {"type": "string"},
    "offerings": {"type": "array", "items": {"$ref": "#/components/schemas/Offering"}}}},
"InstitutionPage": {
  "type": "object", "additionalProperties": false, "required": ["items", "next_cursor", "on", "seq"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/ListedInstitution"}},
    "next_cursor": {"type": ["string", "null"], "description": "null after the last page. A page may be short, even empty, and still have a successor."},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"ScopeLine": {
  "type": "object", "additionalProperties": false,
  "required": ["occupation", "occupation_name", "level", "level_name"],
  "properties": {
    "occupation": {"type": "string"},
    "occupation_name": {"type": "string"},
    "work_type": {"type": "string"},
    "level": {"$ref": "#/components/schemas/Level"},
    "level_name": {"type": "string"},
    "item": {"type": "string"}}},
"Filing": {
  "type": "object", "additionalProperties": false,
  "required": ["filing", "state", "receipt", "valid_from", "valid_to", "scope"],
  "properties": {
    "filing": {"type": "string"},
    "state": {"$ref": "#/components/schemas/FilingState"},
    "receipt": {"type": ["string", "null"]},
    "valid_from": {"$ref": "#/components/schemas/NullableDate"},
    "valid_to": {"$ref": "#/components/schemas/NullableDate"},
    "scope": {"type": "array", "items": {"$ref": "#/components/schemas/ScopeLine"}}}},
"Institution": {
  "type": "object", "additionalProperties": false,
  "required": ["credit_code", "name", "institution_kind", "institution_kind_name", "credit_code_checks", "filings", "on", "seq"],
  "properties": {
    "address": {"type": "string"},
    "credit_code": {"type": "string"},
    "credit_code_checks": {"type": "boolean", "description": "Whether the code's check characters hold."},
    "institution_kind": {"type": "string"},
    "institution_kind_name": {"type": "string"},
    "name": {"type": "string"},
    "national_filing_number": {"type": "string"},
    "region": {"type": "string"},
    "registration_authority": {"type": "string"},
    "service_address": {"type": "string"},
    "service_email": {"type": "string"},
    "service_phone": {"type": "string"},
    "supervision_phone": {"type": "string"},
    "website": {"type": "string"},
    "filings": {"type": "array", "items": {"$ref": "#/components/schemas/Filing"}},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"Entry": {
  "type": "object", "additionalProperties": false, "description": "An entry of the change log in canonical form, as it was written.",
  "required": ["actor", "body", "kind", "seq", "time", "v"],
  "properties": {
    "actor": {"type": "string"},
    "body": {"type": "object"},
    "kind": {"type": "string"},
    "seq": {"type": "integer"},
    "time": {"type": "string", "format": "date-time"},
    "v": {"type": "integer"}}},
"History": {
  "type": "object", "additionalProperties": false, "required": ["items", "next_cursor", "seq"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
    "next_cursor": {"type": "null"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"CatalogItem": {
  "type": "object", "additionalProperties": false,
  "required": ["item", "list", "batch", "row", "document", "awarding_body", "certificate", "occupation", "occupation_name", "level", "level_name", "effective_from", "withdrawn_on", "in_force"],
  "properties": {
    "item": {"type": "string", "description": "list/batch/row"},
    "list": {"enum": ["foreign", "dual"]},
    "batch": {"type": "integer"},
    "row": {"type": "integer"},
    "document": {"type": "string"},
    "country": {"type": "string"},
    "awarding_body": {"type": "string"},
    "awarding_body_en": {"type": "string"},
    "awarding_body_abbreviation": {"type": "string"},
    "certificate": {"type": "string"},
    "certificate_en": {"type": "string"},
    "standard": {"type": "string"},
    "occupation": {"type": "string"},
    "occupation_name": {"type": "string"},
    "work_type": {"type": "string"},
    "level": {"$ref": "#/components/schemas/Level"},
    "level_name": {"type": "string"},
    "effective_from": {"$ref": "#/components/schemas/Date"},
    "withdrawn_on": {"$ref": "#/components/schemas/NullableDate"},
    "in_force": {"type": "boolean"}}},
"CatalogPage": {
  "type": "object", "additionalProperties": false, "required": ["items", "next_cursor", "on", "seq"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/CatalogItem"}},
    "next_cursor": {"type": "null"},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"CatalogItemVersions": {
  "type": "object", "additionalProperties": false, "required": ["item", "versions", "on", "seq"],
  "properties": {
    "item": {"type": "string"},
    "versions": {"type": "array", "items": {"$ref": "#/components/schemas/CatalogItem"}},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"Occupation": {
  "type": "object", "additionalProperties": false, "required": ["code", "name", "work_types"],
  "properties": {
    "code": {"type": "string"},
    "name": {"type": "string"},
    "name_en": {"type": "string"},
    "work_types": {"type": "array", "items": {"type": "string"}},
    "source": {"type": "string"}}},
"OccupationPage": {
  "type": "object", "additionalProperties": false, "required": ["items", "next_cursor", "seq"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Occupation"}},
    "next_cursor": {"type": "null"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"SuggestionList": {
  "type": "object", "additionalProperties": false, "required": ["items", "seq"],
  "properties": {
    "items": {"type": "array", "items": {
      "type": "object", "additionalProperties": false, "required": ["kind", "value", "text"],
      "properties": {
        "kind": {"enum": ["occupation", "item", "institution"]},
        "value": {"type": "string", "description": "What the parameter occupation or item of /v1/institutions takes; of an institution its credit code."},
        "text": {"type": "string"},
        "detail": {"type": "string", "description": "Of an item, what it leads to; of an occupation, its English name."}}}},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"OccupationDetail": {
  "type": "object", "additionalProperties": false,
  "required": ["code", "name", "work_types", "levels", "catalog", "institutions", "on", "seq"],
  "properties": {
    "code": {"type": "string"},
    "name": {"type": "string"},
    "name_en": {"type": "string"},
    "work_types": {"type": "array", "items": {"type": "string"}},
    "source": {"type": "string"},
    "levels": {"type": "array", "description": "Levels that catalog items in force lead to.", "items": {
      "type": "object", "additionalProperties": false, "required": ["level", "level_name"],
      "properties": {"level": {"$ref": "#/components/schemas/Level"}, "level_name": {"type": "string"}}}},
    "catalog": {"type": "array", "items": {"$ref": "#/components/schemas/CatalogItem"}},
    "institutions": {"type": "integer", "description": "Institutions with an effective filing for it."},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"DecidingFiling": {
  "type": ["object", "null"], "additionalProperties": false,
  "required": ["filing", "receipt", "valid_from", "valid_to"],
  "properties": {
    "filing": {"type": "string"},
    "receipt": {"type": ["string", "null"]},
    "valid_from": {"$ref": "#/components/schemas/NullableDate"},
    "valid_to": {"$ref": "#/components/schemas/NullableDate"}}},
"EntitlementReason": {"enum": ["entitled", "institution_unknown", "no_filing", "item_unknown", "item_not_in_force", "differs_from_item", "out_of_scope", "filing_in_procedure", "filing_not_yet_valid", "filing_suspended", "filing_expired", "filing_revoked", "filing_cancelled"]},
"InstitutionReference": {
  "type": "object", "additionalProperties": false, "required": ["credit_code"],
  "properties": {"credit_code": {"type": "string"}, "name": {"type": "string"}}},
"Authorization": {
  "type": "object", "additionalProperties": false,
  "required": ["authorized", "on", "reason", "sentence", "filing", "item", "institution", "seq"],
  "properties": {
    "authorized": {"type": "boolean"},
    "on": {"$ref": "#/components/schemas/Date"},
    "reason": {"$ref": "#/components/schemas/EntitlementReason"},
    "sentence": {"type": "string"},
    "filing": {"$ref": "#/components/schemas/DecidingFiling"},
    "item": {"type": ["string", "null"]},
    "institution": {"$ref": "#/components/schemas/InstitutionReference"},
    "seq": {"$ref": "#/components/schemas/Seq"}}},
"IssuerAuthorization": {
  "type": "object", "additionalProperties": false,
  "required": ["authorized", "on", "reason", "sentence", "filing", "item"],
  "properties": {
    "authorized": {"type": "boolean"},
    "on": {"$ref": "#/components/schemas/Date"},
    "reason": {"$ref": "#/components/schemas/EntitlementReason"},
    "sentence": {"type": "string"},
    "filing": {"$ref": "#/components/schemas/DecidingFiling"},
    "item": {"type": ["string", "null"]}}},
"VerificationQuestion": {
  "type": "object", "additionalProperties": false, "required": ["certificate_number"],
  "anyOf": [{"required": ["holder_name"]}, {"required": ["document_number"]}],
  "properties": {
    "certificate_number": {"type": "string", "description": "As printed; spaces and full-width characters are forgiven."},
    "holder_name": {"type": "string", "description": "Full name as printed."},
    "document_number": {"type": "string", "description": "Whole, or its last six characters. If the name is given too, both must match."},
    "receipt": {"type": "boolean", "description": "A match is to come with a receipt that anybody can check."}}},
"BatchQuestion": {
  "description": "One line; in CSV and XLSX, the columns of a header row.",
  "type": "object", "additionalProperties": false, "required": ["certificate_number"],
  "anyOf": [{"required": ["holder_name"]}, {"required": ["document_number"]}],
  "properties": {
    "certificate_number": {"type": "string", "description": "As printed; spaces and full-width characters are forgiven."},
    "holder_name": {"type": "string", "description": "Full name as printed."},
    "document_number": {"type": "string", "description": "Whole, or its last six characters. If the name is given too, both must match."},
    "receipt": {"enum": [false], "description": "A batch gives no receipts: true is an error of the row."}}},
"Receipt": {
  "type": "object", "additionalProperties": false, "required": ["chayan_receipt", "statements", "checkpoint"],
  "description": "Proof that the log says this of the certificate; `chayan check-receipt` checks it with the log's key and nothing else. src/receipt/receipt.h says how others can.",
  "properties": {
    "chayan_receipt": {"enum": [1], "description": "Version."},
    "statements": {"type": "array", "items": {
      "type": "object", "additionalProperties": false, "required": ["index", "entry", "inclusion"],
      "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Of the leaf: the entry's seq."},
        "entry": {"type": "string", "description": "The entry as hashed."},
        "inclusion": {"type": "array", "items": {"type": "string"}, "description": "Path to the checkpoint's root, base64."},
        "opened": {"type": "object", "additionalProperties": {
          "type": "object", "additionalProperties": false, "required": ["salt", "value"],
          "properties": {"salt": {"type": "string"}, "value": {"type": "string"}}}, "description": "Fields that the asker knew."},
        "closed": {"type": "array", "items": {"type": "string"}, "description": "Digests of the other fields, base64."}}}},
    "checkpoint": {"type": "string", "description": "Signed note (C2SP tlog-checkpoint)."}}},
"Verification": {
  "description": "The status is 200 either way.",
  "oneOf": [{"$ref": "#/components/schemas/VerificationMatch"}, {"$ref": "#/components/schemas/VerificationNoMatch"}]},
"VerificationNoMatch": {
  "type": "object", "additionalProperties": false, "required": ["result", "help"],
  "description": "The same bytes whatever did not match; the help comes from the form of the question alone.",
  "properties": {
    "result": {"enum": ["no_match"]},
    "help": {"type": "array", "items": {"type": "string"}}}},
"StatusHistory": {"type": "array", "items": {
  "type": "object", "additionalProperties": false, "required": ["status", "on", "seq"],
  "properties": {
    "status": {"enum": ["issued", "corrected", "reissued", "revoked", "cancelled"]},
    "on": {"$ref": "#/components/schemas/Date"},
    "seq": {"type": "integer", "description": "The entry of the change log that says so."}}}},
"Basis": {
  "type": ["object", "null"], "additionalProperties": false,
  "required": ["item", "document", "awarding_body", "certificate"],
  "properties": {
    "item": {"type": "string"},
    "document": {"type": "string"},
    "country": {"type": "string"},
    "awarding_body": {"type": "string"},
    "certificate": {"type": "string"},
    "certificate_en": {"type": "string"}}},
"VerificationMatch": {
  "type": "object", "additionalProperties": false,
  "required": ["result", "status", "status_history", "occupation", "level", "level_name", "issuer", "issued_on", "basis", "issuer_authorized", "issuer_authorization", "holder", "redacted"],
  "properties": {
    "result": {"enum": ["match"]},
    "status": {"enum": ["valid", "corrected", "reissued", "revoked", "cancelled"]},
    "status_history": {"$ref": "#/components/schemas/StatusHistory"},
    "occupation": {
      "type": "object", "additionalProperties": false, "required": ["code", "name"],
      "properties": {"code": {"type": "string"}, "name": {"type": "string"}, "work_type": {"type": "string"}}},
    "level": {"$ref": "#/components/schemas/Level"},
    "level_name": {"type": "string"},
    "issuer": {"$ref": "#/components/schemas/InstitutionReference"},
    "issued_on": {"$ref": "#/components/schemas/Date"},
    "basis": {"$ref": "#/components/schemas/Basis"},
    "issuer_authorized": {"type": "boolean", "description": "Whether the issuer was entitled to this on the day of first issue."},
    "issuer_authorization": {"$ref": "#/components/schemas/IssuerAuthorization"},
    "holder": {"type": "string", "description": "Masked."},
    "redacted": {"type": "array", "items": {"type": "string"}, "description": "Names of fields that are recorded and not shown."},
    "receipt": {"oneOf": [{"$ref": "#/components/schemas/Receipt"}, {"type": "null"}], "description": "Where it was asked for. null: the newest change of the certificate is not yet under a signed checkpoint; ask again in a second."}}},
"BatchLine": {
  "description": "One line: of a row, which has besides what is here the members that a single verification answers; or, last, of the summary.",
  "type": "object", "required": ["result"],
  "properties": {
    "row": {"type": "integer", "description": "From 1, rows without any text not counted."},
    "line": {"type": "integer", "description": "Of the body, where the row begins, from 1; of a workbook the row of the sheet."},
    "result": {"enum": ["match", "no_match", "error", "summary"]},
    "field": {"type": "string", "description": "Of an error: which cell or member is at fault."},
    "detail": {"type": "string", "description": "Of an error: what to do about it."},
    "rows": {"type": "integer"}, "match": {"type": "integer"}, "no_match": {"type": "integer"}, "error": {"type": "integer"},
    "quota": {
      "type": "object", "additionalProperties": false, "required": ["rows_per_day", "left", "resets_in_seconds"],
      "properties": {"rows_per_day": {"type": "integer"}, "left": {"type": "integer"}, "resets_in_seconds": {"type": "integer"}}}}},
"ReportFieldName": {"enum": ["holder_name", "holder_name_masked", "certificate_number", "certificate_number_masked", "document_type", "document_last_four", "occupation", "level", "issuer", "issued_on", "basis", "issuer_authorized", "status_history", "original_certificate"]},
"ReportFieldNames": {"type": "array", "items": {"$ref": "#/components/schemas/ReportFieldName"}, "description": "The status is always shown beside them."},
"HolderProof": {
  "type": "object", "additionalProperties": false, "required": ["certificate_number", "holder_name", "document_number"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string", "description": "Full name as printed."},
    "document_number": {"type": "string", "description": "Whole."}}},
"ValidDays": {"type": "integer", "minimum": 1, "maximum": 180, "description": "From now on."},
"ReportOrder": {
  "type": "object", "additionalProperties": false, "required": ["certificate_number", "holder_name", "document_number", "valid_days", "show"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string", "description": "Full name as printed."},
    "document_number": {"type": "string", "description": "Whole."},
    "valid_days": {"$ref": "#/components/schemas/ValidDays"},
    "show": {"$ref": "#/components/schemas/ReportFieldNames"}}},
"ReportExtension": {
  "type": "object", "additionalProperties": false, "required": ["certificate_number", "holder_name", "document_number", "valid_days"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string", "description": "Whole."},
    "valid_days": {"$ref": "#/components/schemas/ValidDays"}}},
"ReportCreation": {
  "oneOf": [{"$ref": "#/components/schemas/CreatedReport"}, {"$ref": "#/components/schemas/VerificationNoMatch"}]},
"CreatedReport": {
  "type": "object", "additionalProperties": false, "required": ["result", "code", "url", "qr", "shows", "created_at", "expires_at"],
  "properties": {
    "result": {"enum": ["created"]},
    "code": {"type": "string", "description": "Told this once; it is stored nowhere."},
    "url": {"type": ["string", "null"], "description": "Page for the bearer; null where the service does not know its public address."},
    "qr": {"type": ["string", "null"], "description": "Path of the QR code of that page."},
    "shows": {"$ref": "#/components/schemas/ReportFieldNames"},
    "created_at": {"type": "string", "format": "date-time"},
    "expires_at": {"type": "string", "format": "date-time"}}},
"ManagedReport": {
  "type": "object", "additionalProperties": false, "required": ["state", "shows", "created_at", "expires_at", "ended_at", "access_count", "accesses"],
  "properties": {
    "state": {"enum": ["active", "expired", "ended"]},
    "shows": {"$ref": "#/components/schemas/ReportFieldNames"},
    "created_at": {"type": "string", "format": "date-time"},
    "expires_at": {"type": "string", "format": "date-time"},
    "ended_at": {"type": ["string", "null"], "format": "date-time"},
    "access_count": {"type": "integer", "minimum": 0},
    "accesses": {"type": "array", "description": "The newest 100 of the last 180 days, newest first. An opening shows within a moment.", "items": {
      "type": "object", "additionalProperties": false, "required": ["at", "client"],
      "properties": {
        "at": {"type": "string", "format": "date-time"},
        "client": {"type": "string", "description": "Network of the bearer: /24 or /48."}}}}}},
"OwnReports": {
  "oneOf": [{"$ref": "#/components/schemas/OwnReportList"}, {"$ref": "#/components/schemas/VerificationNoMatch"}]},
"OwnReportList": {
  "type": "object", "additionalProperties": false, "required": ["result", "reports"],
  "properties": {
    "result": {"enum": ["match"]},
    "reports": {"type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/ManagedReport"}}}},
"Report": {
  "type": "object", "additionalProperties": false, "required": ["status", "shows", "created_at", "expires_at"],
  "description": "Besides the status what `shows` names, and nothing else.",
  "properties": {
    "status": {"enum": ["valid", "corrected", "reissued", "revoked", "cancelled"]},
    "holder_name": {"type": "string"},
    "holder_name_masked": {"type": "string"},
    "certificate_number": {"type": "string"},
    "certificate_number_masked": {"type": "string"},
    "document_type": {"enum": ["resident_id", "resident_id_15", "passport", "residence_permit", "permanent_residence", "other"]},
    "document_last_four": {"type": "string", "description": "The others masked."},
    "original_certificate": {"type": ["string", "null"]},
    "occupation": {
      "type": "object", "additionalProperties": false, "required": ["code", "name"],
      "properties": {"code": {"type": "string"}, "name": {"type": "string"}, "work_type": {"type": "string"}}},
    "level": {"$ref": "#/components/schemas/Level"},
    "level_name": {"type": "string"},
    "issuer": {"$ref": "#/components/schemas/InstitutionReference"},
    "issued_on": {"$ref": "#/components/schemas/Date"},
    "basis": {"$ref": "#/components/schemas/Basis"},
    "issuer_authorized": {"type": "boolean"},
    "status_history": {"$ref": "#/components/schemas/StatusHistory"},
    "shows": {"$ref": "#/components/schemas/ReportFieldNames"},
    "created_at": {"type": "string", "format": "date-time"},
    "expires_at": {"type": "string", "format": "date-time"}}},
"VerificationForm": {
  "type": "object", "additionalProperties": false, "required": ["certificate_number"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string"}}},
"ListForm": {
  "type": "object", "additionalProperties": false, "required": ["credential", "file"],
  "properties": {
    "credential": {"type": "string", "description": "As Authorization: Bearer has it."},
    "file": {"type": "string", "description": "CSV or XLSX, whichever it is by its first bytes; as POST /v1/verifications/batch takes it."},
    "answer": {"enum": ["page", "csv", "xlsx"], "description": "The page if left out."}}},
"HolderProofForm": {
  "type": "object", "additionalProperties": false,
  "required": ["certificate_number", "holder_name", "document_number"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string", "description": "The whole number."}}},
"ReportExtensionForm": {
  "type": "object", "additionalProperties": false,
  "required": ["certificate_number", "holder_name", "document_number", "report", "valid_days"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string", "description": "The whole number."},
    "report": {"type": "string", "description": "As the list names it."},
    "valid_days": {"type": "string", "description": "1 to 180."}}},
"ReportEndForm": {
  "type": "object", "additionalProperties": false,
  "required": ["certificate_number", "holder_name", "document_number", "report"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string", "description": "The whole number."},
    "report": {"type": "string", "description": "As the list names it."}}},
"ReportForm": {
  "type": "object", "additionalProperties": {"type": "string", "description": "A field show_… for each thing to show: its value is a name of ReportFieldNames, or none."},
  "required": ["certificate_number", "holder_name", "document_number", "valid_days"],
  "properties": {
    "certificate_number": {"type": "string"},
    "holder_name": {"type": "string"},
    "document_number": {"type": "string", "description": "The whole number."},
    "valid_days": {"type": "string", "description": "1 to 180."}}},
"ReceiptForm": {
  "type": "object", "additionalProperties": false, "required": ["receipt"],
  "properties": {
    "receipt": {"type": "string", "description": "A receipt, or the answer that holds it."},
    "sha256": {"type": "string", "description": "The digest that a print of it names."}}},
"Limits": {
  "type": "object", "additionalProperties": {"type": "integer"}, "required": ["routes"],
  "properties": {
    "verification": {
      "type": "object", "additionalProperties": false,
      "required": ["client", "client_with_proof", "number", "number_failures_an_hour_max", "proof_bits", "proof_life_seconds"],
      "description": "How often may be asked. A client is an IPv4 address or the first 64 bits of an IPv6 one.",
      "properties": {
        "client": {"$ref": "#/components/schemas/Rate"},
        "client_with_proof": {"$ref": "#/components/schemas/Rate"},
        "number": {"$ref": "#/components/schemas/Rate"},
        "number_failures_an_hour_max": {"type": "integer", "description": "Of one certificate number, from all clients together."},
        "proof_bits": {"type": "integer", "description": "Zero bits that a proof of work's digest begins with."},
        "proof_life_seconds": {"type": "integer"}}},
    "routes": {"type": "array", "items": {
      "type": "object", "additionalProperties": false, "required": ["method", "path", "body_bytes_max", "cost"],
      "properties": {
        "method": {"enum": ["GET", "POST"]},
        "path": {"type": "string"},
        "body_bytes_max": {"type": "integer"},
        "cost": {"type": "integer", "description": "Relative: 1 is a read by key."}}}}}},
"Rate": {
  "type": "object", "additionalProperties": false, "required": ["burst", "interval_milliseconds"],
  "properties": {
    "burst": {"type": "integer", "description": "At once, after a pause."},
    "interval_milliseconds": {"type": "integer", "description": "In which one more is earned."}}},
"Alive": {
  "type": "object", "additionalProperties": false, "required": ["status"],
  "properties": {"status": {"enum": ["alive"]}}},
"Ready": {
  "type": "object", "additionalProperties": false, "required": ["status", "read_only", "verifies"],
  "properties": {
    "status": {"enum": ["ready"]}, "read_only": {"type": "boolean"},
    "verifies": {"type": "boolean", "description": "False on a mirror that was not given all private fields."}}},
"Log": {
  "type": "object", "additionalProperties": false, "required": ["origin", "role", "size", "root", "keys"],
  "properties": {
    "origin": {"type": "string", "description": "The log's name, as in its checkpoints."},
    "role": {"enum": ["origin", "mirror"]},
    "size": {"$ref": "#/components/schemas/Seq"},
    "root": {"type": "string", "description": "Of the published checkpoint, hexadecimal."},
    "keys": {"type": "array", "items": {
      "type": "object", "additionalProperties": false, "required": ["scheme", "vkey"],
      "properties": {
        "scheme": {"enum": ["ed25519", "sm2"]},
        "vkey": {"type": "string", "description": "name+id+key, as Go's sumdb/note reads it."}}}}}},
"ImportLines": {"type": "string", "description": "A change a line, as `chayan import` takes them."},
"BatchReceipt": {
  "type": "object", "additionalProperties": false, "required": ["first_seq", "count", "unchanged", "replayed"],
  "properties": {
    "first_seq": {"type": "integer"},
    "count": {"type": "integer", "description": "Entries that the batch appended."},
    "unchanged": {"type": "integer", "description": "Changes that were recorded already."},
    "replayed": {"type": "boolean", "description": "The answer to an earlier request with this key."}}},
"Snapshot": {
  "type": "object", "additionalProperties": false,
  "required": ["file", "size", "after", "root", "checkpoint", "bytes", "sha256", "created"],
  "properties": {
    "file": {"type": "string"},
    "size": {"type": "integer", "minimum": 1, "description": "Entries in it."},
    "after": {"type": "integer", "description": "Where /v1/changes goes on."},
    "root": {"type": "string", "description": "Of the tree of these entries, hexadecimal."},
    "checkpoint": {"type": "string", "description": "The signed note that each of its pages leads to."},
    "bytes": {"type": "integer"},
    "sha256": {"type": "string", "description": "Of the file, hexadecimal; its ETag too."},
    "created": {"type": "string", "format": "date-time"}}},
"SnapshotList": {
  "type": "object", "additionalProperties": false, "required": ["items", "next_cursor"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Snapshot"}},
    "next_cursor": {"type": "null"}}},
"Job": {
  "type": "object", "additionalProperties": false, "required": ["job", "kind", "state"],
  "properties": {
    "job": {"type": "integer", "description": "Its number, until the next start."},
    "kind": {"enum": ["snapshot", "backup", "key_rotation", "key_count"]},
    "state": {"enum": ["waiting", "running", "done", "failed"]},
    "result": {"type": "string", "description": "Done: the snapshot's file, the backup's number, the active key's id."},
    "size": {"type": "integer", "description": "Done: entries in it; rows sealed anew."},
    "keys": {"type": "array", "description": "Done, of key_rotation and key_count.",
      "items": {"type": "object", "additionalProperties": false,
        "required": ["id", "state", "records"],
        "properties": {
          "id": {"type": "integer"},
          "state": {"enum": ["active", "retiring", "retired"]},
          "created": {"type": "string"},
          "records": {"type": "integer", "description": "Sealed under it, by a scan."}}}},
    "error": {"type": "string", "description": "Failed: why."}}},
"OpenApi": {"type": "object"}
})json";
}

}  // namespace chayan::api
