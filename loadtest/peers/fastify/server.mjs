// The peer that a bureau would build: Fastify and PostgreSQL. Answers POST /v1/verifications with what chayan-load
// checks of Chayan's answer, from one prepared statement. PGHOST, PGPORT and PGDATABASE say where the database is.
//
//   node server.mjs PORT
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ max: 16 }); // more sessions on the one core they share answer no faster
const app = Fastify();

const question = {
  type: 'object',
  required: ['certificate_number', 'holder_name'],
  properties: { certificate_number: { type: 'string', maxLength: 64 }, holder_name: { type: 'string', maxLength: 256 } },
};
const text = { type: 'string' };
const named = (key) => ({ type: 'object', properties: { [key]: text, name: text } });
const answer = {
  type: 'object',
  properties: {
    result: text, status: text, occupation: named('code'), level: text, issuer: named('credit_code'), issued_on: text,
    issuer_authorized: { type: 'boolean' }, authorization_reason: text, holder: text,
  },
};
const statement = {
  name: 'verification',
  text: `SELECT c.holder_name, c.status, c.occupation, o.name AS occupation_name, c.level, c.issuer, i.name AS issuer_name,
                c.issued_on, c.issuer_authorized, c.authorization_reason
         FROM certificates c JOIN institutions i ON i.credit_code = c.issuer JOIN occupations o ON o.code = c.occupation
         WHERE c.certificate_number = $1`,
};

// 张* or 欧**娜, as Chayan shows a holder.
function masked(name) {
  const characters = [...name];
  const isShown = (at) => (at === 0 && characters.length > 1) || (at === characters.length - 1 && at > 1);
  return characters.map((character, at) => (isShown(at) ? character : '*')).join('');
}

app.post('/v1/verifications', { schema: { body: question, response: { 200: answer } } }, async (request) => {
  const { certificate_number: number, holder_name: name } = request.body;
  const { rows: [row] } = await pool.query({ ...statement, values: [number] });
  if (!row || row.holder_name !== name || row.status === 'erased') return { result: 'no_match' };
  return {
    result: 'match',
    status: row.status,
    occupation: { code: row.occupation, name: row.occupation_name },
    level: row.level,
    issuer: { credit_code: row.issuer, name: row.issuer_name },
    issued_on: row.issued_on,
    issuer_authorized: row.issuer_authorized,
    authorization_reason: row.authorization_reason,
    holder: masked(row.holder_name),
  };
});

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
