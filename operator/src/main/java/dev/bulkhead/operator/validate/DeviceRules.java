package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ApiGroup;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Devices of the nodes: a tenant has those that it was given by name and number, of those that the platform lists. */
final class DeviceRules {
    private static final Predicate<String> NAME =
            Pattern.compile(ApiGroup.DEVICE).asMatchPredicate();

    private DeviceRules() {}

    /** The devices of which the tenant is to have any, sorted. */
    static SortedSet<String> asked(TenantSpec.Quota quota) {
        SortedSet<String> asked = new TreeSet<>();
        quota.devices().forEach((device, count) -> {
            if (count > 0) {
                asked.add(device);
            }
        });
        return asked;
    }

    /**
     * Checks what the tenant asks for.
     *
     * @param rules the profile's spec; null where there is none
     * @param ofRules takes what the platform or the profile does not grant
     */
    static void check(
            TenantSpec.Quota quota,
            List<TenantSpec.NamespaceRequest> namespaces,
            @Nullable TenantProfileSpec rules,
            PlatformSettings settings,
            Findings findings,
            Findings ofRules) {
        for (String device : quota.devices().keySet()) {
            if (!NAME.test(device)) {
                findings.add(
                        Reason.InvalidSpec,
                        "spec.quota.devices",
                        Quoted.of(device) + " is no name of a device; write it as nodes do, like nvidia.com/gpu");
            }
        }
        for (TenantSpec.NamespaceRequest namespace : namespaces) {
            Set<String> claimed = namespace.quota() == null
                    ? Set.of()
                    : namespace.quota().devices().keySet();
            claimed.stream()
                    .filter(device -> !quota.devices().containsKey(device))
                    .forEach(device -> findings.add(
                            Reason.InvalidSpec,
                            "spec.namespaces[" + namespace.name() + "].quota.devices",
                            Quoted.of(device)
                                    + " is none of spec.quota.devices, the tenant's total; name it there, too"));
        }
        for (String device : asked(quota)) {
            String subject = "spec.quota.devices[" + device + "]";
            if (!settings.devices().contains(device)) {
                ofRules.add(
                        Reason.InvalidSpec,
                        subject,
                        "is none of the platform's devices; add it to the operator's setting platform.devices, which the"
                                + " quota of every tenant names");
            }
            if (rules != null && !rules.bounds().containsKey(BoundField.PODS_DEVICES.path())) {
                ofRules.add(
                        Reason.LooserThanProfile,
                        subject,
                        "is not allowed: the profile lists no devices (bound " + BoundField.PODS_DEVICES.path() + ")");
            }
        }
    }
}
