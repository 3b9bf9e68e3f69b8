import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** Everything of the first version. A migration that was released is never changed again. */
export function foundation(traits: DialectTraits): Migration {
  const statements = [
    ...accessTables(traits),
    ...cameraTables(traits),
    ...eventTables(traits),
    ...(traits.name === "sqlite" ? sqliteAuditTriggers : postgresAuditTriggers),
    "insert into tenants (name) values ('Default')",
    "insert into roles (name) values ('Administrator'), ('Operator'), ('Viewer')",
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}

function accessTables({ id, integer, bytes, tableEnd }: DialectTraits): readonly string[] {
  return [
    `create table tenants (id ${id}, name text not null) ${tableEnd}`,
    `create table roles (
      id ${id},
      tenant_id ${integer} references tenants (id),
      name text not null
    ) ${tableEnd}`,
    `create table users (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      role_id ${integer} not null references roles (id),
      username text not null,
      username_key text not null unique,
      password_hash text not null,
      created_at_ms ${integer} not null
    ) ${tableEnd}`,
    `create table api_tokens (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      user_id ${integer} not null references users (id) on delete cascade,
      name text not null,
      permissions text not null,
      token_hash ${bytes} not null unique,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer},
      last_used_at_ms ${integer}
    ) ${tableEnd}`,
    "create index api_tokens_of_user on api_tokens (user_id, id)",
  ];
}

function cameraTables({ id, integer, bytes, tableEnd, clusteredTableEnd }: DialectTraits): readonly string[] {
  return [
    `create table camera_groups (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      name text not null,
      unique (tenant_id, name)
    ) ${tableEnd}`,
    `create table cameras (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      uuid text not null unique,
      name text not null,
      group_id ${integer} references camera_groups (id) on delete set null,
      enabled ${integer} not null,
      time_zone text not null,
      streams text not null,
      username text,
      password_sealed text,
      transport text not null,
      recording text not null,
      audio text,
      created_at_ms ${integer} not null,
      deleted_at_ms ${integer}
    ) ${tableEnd}`,
    "create index cameras_of_tenant on cameras (tenant_id, id)",
    "create index cameras_of_group on cameras (group_id)",
    // Clustered by camera and time: a day of a camera lies together. No index over the names: they tell their start to the second.
    `create table segments (
      camera_id ${integer} not null references cameras (id),
      start_ms ${integer} not null,
      end_ms ${integer} not null,
      name text not null,
      run_id text not null,
      number ${integer} not null,
      size_bytes ${integer} not null,
      state text not null,
      kind text not null,
      payload_sha256 ${bytes},
      primary key (camera_id, start_ms)
    ) ${clusteredTableEnd}`,
    `create table segment_totals (
      camera_id ${integer} not null primary key references cameras (id),
      segment_count ${integer} not null,
      size_bytes ${integer} not null,
      duration_ms ${integer} not null
    ) ${tableEnd}`,
    `create table worker_progress (
      worker_name text not null primary key,
      worker_uuid text not null,
      last_sequence ${integer} not null
    ) ${tableEnd}`,
    `create table sessions (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      user_id ${integer} not null references users (id) on delete cascade,
      kind text not null,
      camera_id ${integer} references cameras (id),
      token_hash ${bytes} not null unique,
      created_at_ms ${integer} not null,
      last_used_at_ms ${integer} not null,
      expires_at_ms ${integer} not null
    ) ${tableEnd}`,
    "create index sessions_by_expiry on sessions (expires_at_ms)",
  ];
}

function eventTables({ id, integer, tableEnd }: DialectTraits): readonly string[] {
  return [
    `create table alerts (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      subject text not null,
      kind text not null,
      camera_ids text not null,
      since_ms ${integer} not null,
      until_ms ${integer},
      message text not null,
      action text not null,
      acknowledged_by text,
      acknowledged_at_ms ${integer}
    ) ${tableEnd}`,
    "create unique index alerts_open on alerts (tenant_id, subject) where until_ms is null",
    "create index alerts_of_tenant on alerts (tenant_id, id)",
    `create table audit (
      tenant_id ${integer} not null references tenants (id),
      sequence ${integer} not null,
      at_ms ${integer} not null,
      actor text not null,
      action text not null,
      object text not null,
      before_json text,
      after_json text,
      address text,
      previous_hash text not null,
      primary key (tenant_id, sequence)
    ) ${tableEnd}`,
  ];
}

const sqliteAuditTriggers = ["update", "delete"].map(
  (verb) => `create trigger audit_no_${verb} before ${verb} on audit
    begin select raise(abort, 'the audit can only be added to'); end`,
);

const postgresAuditTriggers = [
  `create function audit_refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'the audit can only be added to'; end $$`,
  `create trigger audit_no_change before update or delete or truncate on audit
    for each statement execute function audit_refuse_change()`,
];
