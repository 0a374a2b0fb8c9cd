package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.SchemaPlan.DefaultPrivilege;
import dev.bulkhead.operator.database.SchemaPlan.ObjectKind;
import dev.bulkhead.operator.database.SchemaPlan.PlannedMembership;
import dev.bulkhead.operator.database.SchemaPlan.PlannedRole;
import dev.bulkhead.operator.database.SchemaPlan.PlannedSetting;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.database.SchemaPlan.SchemaGrant;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.ValidTenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** From a valid tenant to what it is to have in PostgreSQL. Pure. */
@Pure
public final class DatabasePlanner {
    /** Sessions a dump and a check may hold at once. */
    private static final int BACKUP_CONNECTIONS = 2;

    /** What logins start with; a tenant can raise its own, so these are courtesy, not control. */
    private static final String IDLE_IN_TRANSACTION = "60s";

    private static final String LOCK_TIMEOUT = "10s";

    private DatabasePlanner() {}

    /** The plan of a tenant that uses the login it started with. */
    public static SchemaPlan plan(TenantIdentity identity, ValidTenant.ValidDatabase database, boolean closed) {
        return plan(identity, database, SlotUse.FIRST.live(), closed);
    }

    /**
     * The plan of a tenant.
     *
     * @param live slots whose login lets somebody in
     * @param closed true for a suspended or removed tenant: logins closed, data kept
     */
    public static SchemaPlan plan(
            TenantIdentity identity, ValidTenant.ValidDatabase database, Set<Slot> live, boolean closed) {
        List<String> extensions =
                database.request().extensions().stream().distinct().sorted().toList();
        int limit = database.request().connectionLimit();
        return new SchemaPlan(
                identity,
                database.database(),
                closed,
                roles(identity, live, closed, limit),
                Arrays.stream(Slot.values())
                        .map(slot -> new PlannedMembership(
                                RoleKind.APP.of(identity), RoleKind.login(slot).of(identity)))
                        .toList(),
                settings(identity, database.statementTimeout(), extensions),
                List.of(
                        new SchemaGrant(RoleKind.APP.of(identity), "USAGE"),
                        new SchemaGrant(RoleKind.APP.of(identity), "CREATE"),
                        new SchemaGrant(RoleKind.BACKUP.of(identity), "USAGE")),
                defaults(identity),
                extensions,
                false);
    }

    /**
     * The plan of a tenant that is going: log-in and CONNECT away, data kept. Needs nothing but what a Tombstone knows;
     * limits and timeouts of logins that are shut are those of a tenant that asks for nothing.
     *
     * @param database where the tenant's schema lies
     */
    public static SchemaPlan closing(TenantIdentity identity, String database) {
        return plan(
                identity,
                new ValidTenant.ValidDatabase(
                        DatabaseRequest.defaults(), "", database, "", 0, true, null, null, Duration.ofSeconds(30)),
                true);
    }

    private static List<PlannedRole> roles(TenantIdentity identity, Set<Slot> live, boolean closed, int limit) {
        List<PlannedRole> roles = new ArrayList<>();
        roles.add(new PlannedRole(RoleKind.OWNER, RoleKind.OWNER.of(identity), false, false, -1));
        roles.add(new PlannedRole(RoleKind.APP, RoleKind.APP.of(identity), false, false, -1));
        for (Slot slot : Slot.values()) {
            RoleKind kind = RoleKind.login(slot);
            roles.add(new PlannedRole(kind, kind.of(identity), live.contains(slot) && !closed, !closed, limit));
        }
        roles.add(new PlannedRole(RoleKind.BACKUP, RoleKind.BACKUP.of(identity), false, !closed, BACKUP_CONNECTIONS));
        return roles;
    }

    private static List<PlannedSetting> settings(TenantIdentity identity, Duration timeout, List<String> extensions) {
        List<String> path = extensions.isEmpty()
                ? List.of(identity.schema())
                : List.of(identity.schema(), SchemaPlan.EXTENSIONS_SCHEMA);
        List<PlannedSetting> settings = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            String role = RoleKind.login(slot).of(identity);
            settings.add(new PlannedSetting(role, "role", List.of(RoleKind.APP.of(identity))));
            settings.add(new PlannedSetting(role, "search_path", path));
            settings.add(new PlannedSetting(role, "statement_timeout", List.of(text(timeout))));
            settings.add(new PlannedSetting(role, "idle_in_transaction_session_timeout", List.of(IDLE_IN_TRANSACTION)));
            settings.add(new PlannedSetting(role, "lock_timeout", List.of(LOCK_TIMEOUT)));
        }
        settings.add(new PlannedSetting(RoleKind.BACKUP.of(identity), "search_path", List.of("pg_catalog")));
        return settings;
    }

    private static List<DefaultPrivilege> defaults(TenantIdentity identity) {
        String app = RoleKind.APP.of(identity);
        String backup = RoleKind.BACKUP.of(identity);
        return List.of(
                new DefaultPrivilege(app, ObjectKind.FUNCTIONS, "EXECUTE", null),
                new DefaultPrivilege(app, ObjectKind.TYPES, "USAGE", null),
                new DefaultPrivilege(app, ObjectKind.TABLES, "SELECT", backup),
                new DefaultPrivilege(app, ObjectKind.SEQUENCES, "SELECT", backup));
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
