package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.access.Tenantry;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.PlatformAccess;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what by the API server's word: the answers to the questions of the access matrix, and every binding of the
 * cluster, which finds those that no question names. Nobody is impersonated and nothing is written.
 *
 * <p>It asks at most 74 reviews per tenant and round (with eight other tenants), four at a time; the bindings are eight
 * lists, however many tenants read them.
 */
public final class ApiProbe implements Probe {
    /** Came with the chart. */
    private static final String OWN_ROLE = "bulkhead-prober";

    private final AccessReviews reviews;
    private final Source<PlatformInventory> bindings;
    private final PlatformAccounts platform;
    private final Clock clock;
    private final RandomGenerator random;
    private volatile @Nullable PlatformAccess access;

    /**
     * Wired by hand.
     *
     * @param bindings all bindings as they are now, or a short while ago, and who of the platform reaches in by them; may
     *     throw what the client throws
     * @param random draws whom to ask for, and where
     */
    public ApiProbe(
            AccessReviews reviews,
            Source<PlatformInventory> bindings,
            PlatformAccounts platform,
            Clock clock,
            RandomGenerator random) {
        this.reviews = reviews;
        this.bindings = bindings;
        this.platform = platform;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Reads every Tenant and namespace, every ClusterRole and its binding, and page by page the roles and bindings in
     * namespaces of tenants, in the platform's own, and in those of programs that may be on the inventory of who reaches in.
     */
    public static AccessPicture picture(KubernetesClient client, PlatformAccounts platform) {
        Tenantry tenantry = Tenantry.of(
                client.resources(Tenant.class).list().getItems(),
                client.namespaces().list().getItems());
        List<ClusterRoleBinding> everywhere =
                client.rbac().clusterRoleBindings().list().getItems();
        Set<String> homes = new HashSet<>(platform.homes());
        everywhere.forEach(binding -> homes(binding.getSubjects(), "").forEach(homes::add));
        platform.vaults()
                .forEach(vault -> Pages.of(client.rbac().roleBindings().inNamespace(vault), _ -> true)
                        .kept()
                        .forEach(binding -> homes(binding.getSubjects(), vault).forEach(homes::add)));
        Predicate<HasMetadata> concerning =
                object -> tenantry.owns(object.getMetadata().getNamespace())
                        || homes.contains(object.getMetadata().getNamespace());
        List<ClusterRole> roles = client.rbac().clusterRoles().list().getItems();
        Pages.PagesRead<Role> own =
                Pages.ofLarge(client.rbac().roles().inAnyNamespace(), concerning, ApiProbe::outline);
        Pages.PagesRead<RoleBinding> bindings =
                Pages.of(client.rbac().roleBindings().inAnyNamespace(), concerning);
        Map<String, String> overfull = new TreeMap<>(own.overfull());
        overfull.putAll(bindings.overfull());
        return new AccessPicture(
                BindingExpansion.of(own.kept(), roles, bindings.kept(), everywhere),
                tenantry,
                installed(roles),
                overfull);
    }

    /** Without the names of single objects, of which a Role may hold a megabyte, and which nobody asks for. */
    private static Role outline(Role role) {
        List<PolicyRule> rules = role.getRules() == null
                ? List.of()
                : role.getRules().stream()
                        .map(rule -> new PolicyRuleBuilder()
                                .withApiGroups(once(rule.getApiGroups()))
                                .withResources(once(rule.getResources()))
                                .withVerbs(once(rule.getVerbs()))
                                .build())
                        .distinct()
                        .toList();
        return new RoleBuilder()
                .withNewMetadata()
                .withNamespace(role.getMetadata().getNamespace())
                .withName(role.getMetadata().getName())
                .endMetadata()
                .withRules(rules)
                .build();
    }

    private static List<String> once(@Nullable List<String> words) {
        return words == null ? List.of() : words.stream().distinct().toList();
    }

    /** Where the programs are that somebody binds. */
    private static Stream<String> homes(@Nullable List<io.fabric8.kubernetes.api.model.rbac.Subject> bound, String in) {
        return Stream.ofNullable(bound)
                .flatMap(List::stream)
                .map(subject -> Principal.of(subject, in))
                .flatMap(who -> who.home().stream());
    }

    private static @Nullable Instant installed(List<ClusterRole> roles) {
        return roles.stream()
                .filter(role -> role.getMetadata().getName().equals(OWN_ROLE))
                .map(role -> role.getMetadata().getCreationTimestamp())
                .map(Instant::parse)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_RBAC, Control.TI_ADM);
    }

    @Override
    public void notBefore(Instant moment) {
        bindings.notBefore(moment);
    }

    @Override
    public Optional<PlatformAccess> access() {
        return Optional.ofNullable(access);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        // Bindings first: of more ways than can be told apart, those that name their cause are told.
        List<Trial> trials = new ArrayList<>(bindings(self, today));
        trials.addAll(new MatrixTrials(reviews, AccessMatrix.read(), random, today)
                .of(self, others, BindingTrials.told(self, trials)));
        return trials;
    }

    private List<Trial> bindings(Subject self, LocalDate today) throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        try {
            PlatformInventory inventory = bindings.read();
            AccessPicture picture = inventory.picture();
            access = inventory.told(bindings.readAt(clock.instant()));
            trials.addAll(BindingTrials.strangers(inventory, self, platform, today));
            trials.add(BindingTrials.platform(inventory, picture.bindings(), self, platform));
            trials.add(BindingTrials.administrators(picture.bindings(), inventory));
        } catch (KubernetesClientException e) {
            Attempt nothing = Attempt.broken("the prober", "bindings of the cluster", ApiAnswers.reason(e));
            for (Control control : List.of(Control.TI_RBAC, Control.TI_ADM)) {
                trials.add(new Trial(control, "bindings let somebody in", Trial.TrialKind.OpenWay, nothing, nothing));
            }
        }
        return trials;
    }
}
