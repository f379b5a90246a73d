"""What edges name stays; on PostgreSQL their references are checked once a statement and not once a row"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Rows that are never removed, and columns of them that never change.
KEPT = {
    "activities": ("id",),
    "artifacts": ("id",),
    "entities": ("number",),
    # Subject and object change places where a relation reads the same from both ends and one gets another identifier.
    "edges": ("number", "predicate", "negated", "qualifiers", "activity_id"),
    "edge_items": ("number", "edge", "origin_id", "activity_id"),
}
REFERENCES = {
    "edges": (("subject", "entities", "number"), ("object", "entities", "number"), ("activity_id", "activities", "id")),
    "edge_items": (
        ("edge", "edges", "number"),
        ("origin_id", "artifacts", "id"),
        ("activity_id", "activities", "id"),
    ),
}
# Six foreign keys cost a million edges a minute: PostgreSQL looks each of them up by itself. The same question asked of all
# rows of a statement together is a join. That nothing they name is removed or renumbered is held by the triggers above.
CHECK = """
CREATE FUNCTION scidex_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing text;
BEGIN
  FOR n IN 0 .. TG_NARGS - 1 BY 3 LOOP
    EXECUTE format(
      'SELECT w.%1$I::text FROM (SELECT DISTINCT %1$I FROM written WHERE %1$I IS NOT NULL) w '
      'WHERE NOT EXISTS (SELECT FROM %2$I t WHERE t.%3$I = w.%1$I) LIMIT 1',
      TG_ARGV[n], TG_ARGV[n + 1], TG_ARGV[n + 2]
    ) INTO missing;
    IF missing IS NOT NULL THEN
      RAISE foreign_key_violation USING MESSAGE = format(
        '%s.%s names %s, which is not in %s', TG_TABLE_NAME, TG_ARGV[n], missing, TG_ARGV[n + 1]
      );
    END IF;
  END LOOP;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Forward."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, columns in KEPT.items():
        if postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE OF {', '.join(columns)} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION scidex_refuse_change()"
            )
            continue
        for change in ("DELETE", f"UPDATE OF {', '.join(columns)}"):
            op.execute(
                f"CREATE TRIGGER {table}_kept_{change[:6].lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
            )
    if not postgresql:
        return
    # Each load counts the degrees of many entities anew: with room beside them no index has to follow.
    op.execute("ALTER TABLE entities SET (fillfactor = 50)")
    op.execute(CHECK)
    for table, references in REFERENCES.items():
        for column, _, _ in references:
            op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
        given = ", ".join(f"'{word}'" for reference in references for word in reference)
        for change in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_references_{change.lower()} AFTER {change} ON {table} "
                f"REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION scidex_check_references({given})"
            )
