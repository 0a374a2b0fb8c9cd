package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From a Tenant as somebody wrote it to a tenant the planners can rely on, or to all the reasons why not. Pure: the same
 * Tenant in the same surroundings always gives the same answer.
 *
 * <p>Says again what the CRD's rules say, because a Tenant may come from a file ({@code plan}) or from before a rule.
 */
public final class TenantValidator {
    private TenantValidator() {}

    /** Looks at everything before it answers: whoever mends a Tenant wants to mend it once. */
    public static Validation validate(Tenant tenant, Surroundings surroundings) {
        Findings findings = new Findings();
        TenantSpec spec = tenant.getSpec();
        String name = tenant.getMetadata().getName();
        if (spec == null) {
            findings.add(Reason.InvalidSpec, "spec", "is missing; a Tenant needs one");
            return new Validation.Invalid(findings.list());
        }
        NameRules.check(name, spec.namespaces(), findings);
        TenantIdentity identity = identity(tenant, surroundings, findings);
        SpecRules.check(spec, findings);
        Findings ofRules = new Findings();
        TenantProfileSpec rules = profile(spec, surroundings, findings);
        TenantSpec.People people = PeopleRules.check(
                Objects.requireNonNullElseGet(spec.people(), TenantSpec.People::none),
                rules == null || rules.groupsAllowed(),
                surroundings.today(),
                findings,
                ofRules);
        ValidTenant.ValidNetwork network = network(spec, rules, surroundings, findings, ofRules);
        List<QuotaSplit.NamespaceShare> parts = findings.given("spec.quota", spec.quota())
                ? QuotaSplit.split(spec.quota(), spec.namespaces(), findings)
                : List.of();
        if (spec.quota() != null) {
            DeviceRules.check(spec.quota(), spec.namespaces(), rules, surroundings.settings(), findings, ofRules);
        }
        ValidTenant.ValidDatabase database = DatabaseRules.check(
                new DatabaseRules.Applicant(name, spec, rules != null && rules.ownDatabaseServer()),
                surroundings.backends(DatabaseServer.class),
                surroundings.placement().of(PartId.database).orElse(null),
                findings,
                ofRules);
        ValidTenant.ValidObjectStore store = ObjectStoreRules.check(
                spec,
                surroundings.backends(ObjectStore.class),
                surroundings.placement().of(PartId.objectStore).orElse(null),
                findings);
        WorkflowRules.check(spec, findings);
        if (rules != null && spec.quota() != null) {
            ProfileBounds.check(spec, spec.profile(), rules, ofRules);
        }
        // What was accepted and has not changed is not torn down because the rules did. Closing is never refused: a
        // suspended tenant is stricter than any profile.
        boolean lenient = surroundings.provisioned() || spec.suspended();
        if (!lenient) {
            findings.addAll(ofRules.list());
        }
        if (!findings.isEmpty() || rules == null || identity == null || database == null || store == null) {
            return new Validation.Invalid(findings.list());
        }
        ValidTenant valid = new ValidTenant(
                name,
                identity,
                Objects.requireNonNullElse(tenant.getMetadata().getGeneration(), 0L),
                spec,
                spec.profile(),
                rules,
                shares(name, spec, parts),
                people,
                network,
                database,
                store,
                spec.suspended());
        return new Validation.Valid(valid, lenient ? ofRules.list() : List.of());
    }

    private static @Nullable TenantIdentity identity(Tenant tenant, Surroundings surroundings, Findings findings) {
        String adopt = tenant.getSpec().adopt();
        if (!surroundings.provisioned()) { // who adopted once keeps it, also when the Tombstone is tidied away
            surroundings.adoption().check(String.valueOf(tenant.getMetadata().getName()), adopt, findings);
        }
        String identity = adopt != null ? adopt : tenant.getMetadata().getUid();
        if (!Text.identity(identity)) {
            if (adopt == null) {
                findings.add(
                        Reason.InvalidSpec,
                        "metadata.uid",
                        Quoted.of(identity) + " is no UUID, as the API server gives them out; names derive from it");
            }
            return null;
        }
        return new TenantIdentity(identity);
    }

    private static @Nullable TenantProfileSpec profile(TenantSpec spec, Surroundings surroundings, Findings findings) {
        if (!findings.given("spec.profile", spec.profile())) {
            return null;
        }
        if (surroundings.profile() == null) {
            findings.add(
                    Reason.UnknownProfile,
                    "spec.profile",
                    "there is no TenantProfile " + Quoted.of(spec.profile())
                            + "; create it, or create the Tenant with the profile of its product");
        }
        return surroundings.profile();
    }

    private static ValidTenant.ValidNetwork network(
            TenantSpec spec,
            @Nullable TenantProfileSpec rules,
            Surroundings surroundings,
            Findings findings,
            Findings ofRules) {
        return NetworkRules.check(
                Objects.requireNonNullElseGet(spec.network(), NetworkRequest::none),
                rules == null ? Map.of() : rules.peers(),
                surroundings.settings(),
                findings,
                rules == null ? new Findings() : ofRules);
    }

    private static List<ValidTenant.Share> shares(
            String tenant, TenantSpec spec, List<QuotaSplit.NamespaceShare> parts) {
        List<ValidTenant.Share> shares = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            QuotaSplit.NamespaceShare part = parts.get(i);
            shares.add(new ValidTenant.Share(
                    new TenantNamespace(tenant, spec.namespaces().get(i).name()),
                    part.cpu(),
                    part.memory(),
                    part.storage(),
                    part.ephemeralStorage(),
                    part.pods(),
                    part.devices()));
        }
        return shares;
    }
}
