package dev.bulkhead.operator.boundary;

import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.validate.BoundField;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a tenant may do in its namespaces beyond the rules for all tenants, as annotations of the namespace. Admission
 * policies read them there, because a namespace is the one object that every policy is given with a request. Values are
 * lists with a blank between items; {@code *} allows all, and an annotation that is missing allows nothing. Where the
 * profile says nothing, images come from everywhere, and what reaches for the platform's storage and nodes is closed.
 */
@Pure
final class Allowances {
    private static final String ALL = "*";
    private static final String NONE = "";

    private Allowances() {}

    /** The annotations of one of the tenant's namespaces. */
    static Map<String, String> of(ValidTenant tenant, Share share) {
        TenantProfileSpec rules = tenant.rules();
        Map<String, String> annotations = new TreeMap<>();
        annotations.put(Marks.ALLOWED + "registries", words(rules, BoundField.WORKFLOWS_REGISTRIES, ALL));
        annotations.put(Marks.ALLOWED + "image-references", words(rules, BoundField.WORKFLOWS_IMAGE, ALL));
        annotations.put(Marks.ALLOWED + "storage-classes", words(rules, BoundField.STORAGE_CLASSES, NONE));
        annotations.put(Marks.ALLOWED + "claim-forms", words(rules, BoundField.STORAGE_CLAIMS, NONE));
        annotations.put(Marks.ALLOWED + "runtime-classes", words(rules, BoundField.PODS_RUNTIME_CLASSES, NONE));
        annotations.put(Marks.ALLOWED + "priority-classes", words(rules, BoundField.PODS_PRIORITY_CLASSES, NONE));
        annotations.put(Marks.ALLOWED + "devices", devices(share));
        annotations.put(Marks.ALLOWED + "admins", names(tenant.people().admins()));
        annotations.put(Marks.ALLOWED + "users", names(tenant.people().users()));
        annotations.put(Marks.ALLOWED + "auditors", names(tenant.people().auditors()));
        return annotations;
    }

    /** What the profile lists, or what holds where it says nothing. */
    private static String words(TenantProfileSpec rules, BoundField field, String silence) {
        TenantProfileSpec.Bound bound = rules.bounds().get(field.path());
        List<String> oneOf = bound == null ? null : bound.oneOf();
        return oneOf == null ? silence : oneOf.stream().distinct().sorted().collect(Collectors.joining(" "));
    }

    /** Of which the namespace has any. */
    private static String devices(Share share) {
        return share.devices().entrySet().stream()
                .filter(device -> device.getValue() > 0)
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** Names hold no blanks; the kind in front keeps a user from passing for a group of that name. */
    private static String names(List<TenantSpec.Person> people) {
        return people.stream()
                .flatMap(person -> Stream.concat(
                        Stream.ofNullable(person.user()).map(name -> "user:" + name),
                        Stream.ofNullable(person.group()).map(name -> "group:" + name)))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
