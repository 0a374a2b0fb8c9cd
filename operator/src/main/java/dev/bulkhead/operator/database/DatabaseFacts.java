package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is true of a whole database, and of the operator in it.
 *
 * @param database its name
 * @param version as the server tells it
 * @param versionNumber such as 180006
 * @param operator the operator's login
 * @param superuser whether that is a superuser
 * @param createRole whether it may create roles
 * @param owner owner of the database
 * @param owns whether the operator has the owner's rights
 * @param server which server runs it; null where that was not asked for
 * @param settings how its server lets anybody write
 * @param passwordsReadable whether pg_authid can be read
 * @param tlsVersion of the operator's own session; null: none
 * @param publicRights rights of PUBLIC on databases that accept connections
 * @param schemas {@code public}, {@code ext} and {@code bulkhead}, where they exist; without tenants' rights
 * @param extensions schema by extension
 * @param largeObjectFunctions how many functions that write large objects PUBLIC may call
 * @param writerRow whether the writer's table is there and is the operator's
 * @param administrators roles with names of the operator's administrators, by name
 */
record DatabaseFacts(
        String database,
        String version,
        int versionNumber,
        String operator,
        boolean superuser,
        boolean createRole,
        String owner,
        boolean owns,
        @Nullable RunningServer server,
        WriteSettings settings,
        boolean passwordsReadable,
        @Nullable String tlsVersion,
        List<ObservedSchema.ObservedRight> publicRights,
        Map<String, Namespace> schemas,
        Map<String, String> extensions,
        int largeObjectFunctions,
        boolean writerRow,
        Map<String, Administrator> administrators) {
    private static final int MEMBERSHIP_OPTIONS = 160_000;

    DatabaseFacts {
        publicRights = List.copyOf(publicRights);
        schemas = Map.copyOf(schemas);
        extensions = Map.copyOf(extensions);
        administrators = Map.copyOf(administrators);
    }

    /**
     * A server by what it says of itself: it is the same by whatever name somebody comes to it.
     *
     * @param system identifier of its files, which a copy of them shares; null where the operator may not read it
     * @param startedAt when it started
     */
    record RunningServer(@Nullable String system, Instant startedAt) {}

    /**
     * What of a server's settings decides whether the operator can do its work here.
     *
     * @param readOnly a standby, or one that is set so
     * @param preparedTransactions how many a server keeps, of which each holds locks without a session; 0: none
     * @param optionsKept whether the session has what the operator asked for when it began
     */
    record WriteSettings(boolean readOnly, int preparedTransactions, boolean optionsKept) {
        /** As PostgreSQL comes. */
        static final WriteSettings USUAL = new WriteSettings(false, 0, true);
    }

    /**
     * A role with the name of an administrator, see {@link Administration}.
     *
     * @param comment on it; null where there is none
     * @param superuser whether somebody made it one
     * @param shaped whether it creates roles, does not inherit and lets nobody log in
     * @param entered whether the operator may become it
     * @param held whether the operator administers it, as who made it does
     */
    record Administrator(@Nullable String comment, boolean superuser, boolean shaped, boolean entered, boolean held) {
        /** Whether the operator made it: its mark says so, or is lost and nothing else stands there. */
        boolean ours() {
            return marked() || (comment == null && held);
        }

        boolean marked() {
            return DatabasePreparation.MARK.equals(comment);
        }
    }

    /** Whether memberships carry INHERIT and SET, and have grantors that count: PostgreSQL 16 and later. */
    boolean membershipOptions() {
        return versionNumber >= MEMBERSHIP_OPTIONS;
    }

    /** Databases that PUBLIC may connect to, without this one. */
    List<String> otherOpenDatabases() {
        return publicRights.stream()
                .filter(right ->
                        right.privilege().equals("CONNECT") && !right.on().equals(database))
                .map(ObservedSchema.ObservedRight::on)
                .distinct()
                .sorted()
                .toList();
    }
}
