package dev.bulkhead.operator.access;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one binding gives to one of its subjects.
 *
 * @param binding such as {@code RoleBinding klinik-nord--app/helpers} or {@code ClusterRoleBinding viewers}
 * @param clusterWide whether it holds in every namespace
 * @param role such as {@code ClusterRole view}
 * @param who its subject
 * @param rights what of that concerns a tenant
 * @param since when the binding was made; null where it does not say
 */
@Pure
public record Grant(
        String binding,
        boolean clusterWide,
        String role,
        Principal who,
        Rights rights,
        @Nullable Instant since) {
    @Override
    public String toString() {
        return binding + " lets " + who + " " + rights + " (" + role + ")";
    }
}
