package dev.bulkhead.operator.tenant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Phase;
import dev.bulkhead.operator.boundary.BoundaryPlanner;
import dev.bulkhead.operator.boundary.SealingKey;
import dev.bulkhead.operator.boundary.Verdict;
import dev.bulkhead.operator.database.SqlText;
import dev.bulkhead.operator.objectstore.BucketText;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.workflow.GivenSecret;
import dev.bulkhead.operator.workflow.WorkflowPlanner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole plan of a tenant as text that people can review, in the order in which it is applied. What is only known
 * once the tenant lives (keys, passwords, fingerprints) stands in angle brackets. Pure.
 */
public final class PlanText {
    private static final String LATER = "<made with the tenant>";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));

    private PlanText() {}

    /** For people: YAML documents, then SQL, then the bucket. */
    public static String of(TenantPlan plan) {
        StringBuilder text = new StringBuilder();
        text.append("# Tenant ").append(plan.tenant().name()).append(", identity ");
        text.append(plan.tenant().identity()).append("\n\n# 1 Kubernetes\n");
        objects(plan).forEach(object -> text.append(yaml(object)));
        plan.secrets().forEach(secret -> text.append(yaml(secret(secret))));
        text.append("\n# 2 PostgreSQL: DatabaseServer ")
                .append(plan.tenant().database().server());
        text.append(", database ").append(plan.tenant().database().database()).append('\n');
        text.append(SqlText.of(plan.schema()).stripTrailing());
        text.append("\n\n# 3 Object store: ObjectStore ")
                .append(plan.tenant().objectStore().store());
        text.append('\n').append(BucketText.of(plan.bucket()).stripTrailing()).append('\n');
        return text.toString();
    }

    /** For machines: {@code {tenant, identity, objects: […], sql, bucket}}. */
    public static ObjectNode json(TenantPlan plan) {
        ObjectNode json = YAML.createObjectNode();
        json.put("tenant", plan.tenant().name());
        json.put("identity", plan.tenant().identity().value());
        ArrayNode objects = json.putArray("objects");
        objects(plan).forEach(object -> objects.add(YAML.<ObjectNode>valueToTree(object)));
        plan.secrets().forEach(secret -> objects.add(YAML.<ObjectNode>valueToTree(secret(secret))));
        json.put("sql", SqlText.of(plan.schema()));
        json.put("bucket", BucketText.of(plan.bucket()));
        return json;
    }

    private static List<HasMetadata> objects(TenantPlan plan) {
        List<HasMetadata> objects = new ArrayList<>();
        objects.addAll(plan.namespaces());
        objects.addAll(plan.operatorBindings());
        objects.addAll(plan.limits());
        objects.addAll(plan.policies());
        objects.addAll(plan.people());
        objects.addAll(WorkflowPlanner.workflows(plan.tenant(), given(plan)));
        objects.addAll(BoundaryPlanner.cards(
                plan.tenant(),
                new SealingKey(1, LATER),
                new Verdict(Phase.Provisioning, Isolation.Unknown, LATER, LATER, LATER)));
        return objects;
    }

    private static Map<GivenSecret, String> given(TenantPlan plan) {
        Map<GivenSecret, String> given = new TreeMap<>();
        plan.tenant()
                .spec()
                .workflows()
                .forEach(workflow ->
                        WorkflowPlanner.needs(plan.tenant(), workflow).forEach(secret -> given.put(secret, LATER)));
        return given;
    }

    /** In the form of a Secret with {@code stringData}, credentials by name. */
    private static Map<String, Object> secret(PlannedSecret planned) {
        Map<String, String> data = new TreeMap<>();
        planned.data()
                .forEach((key, value) -> data.put(
                        key,
                        switch (value) {
                            case PlannedSecret.Value.Text(String text) -> text;
                            case PlannedSecret.Value.Credential(var before, var purpose, var after) ->
                                before + "<" + purpose.id() + ">" + after;
                        }));
        Map<String, Object> secret = new LinkedHashMap<>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put(
                "metadata",
                new TreeMap<>(
                        Map.of("labels", planned.labels(), "name", planned.name(), "namespace", planned.namespace())));
        secret.put("type", planned.type());
        secret.put("stringData", data);
        return secret;
    }

    private static String yaml(Object object) {
        try {
            return YAML.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
