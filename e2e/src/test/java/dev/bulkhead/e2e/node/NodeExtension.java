package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link NodePlatform} as a parameter, one for all tests of the JVM; it starts when the first test asks for
 * it. Where no node can run, the tests are skipped and the reason is told. {@code -Dbulkhead.node=false} skips them too.
 */
public final class NodeExtension implements ParameterResolver, ExecutionCondition {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NodeExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!Boolean.parseBoolean(System.getProperty("bulkhead.node", "true"))) {
            return ConditionEvaluationResult.disabled("switched off by -Dbulkhead.node=false");
        }
        Optional<String> obstacle = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Obstacle.class, _ -> new Obstacle(obstacle()), Obstacle.class)
                .reason();
        return obstacle.map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("a node can run here"));
    }

    /** What is to be installed first cannot be had everywhere: a machine without Debian's servers is told, not broken. */
    private static Optional<String> obstacle() {
        Optional<String> here = Requirements.obstacle();
        if (here.isPresent()) {
            return here;
        }
        try {
            Requirements.provide(Progress.printingTo(System.out, InstantSource.system()));
            return Optional.empty();
        } catch (StackException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == NodePlatform.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(NodePlatform.class, _ -> NodePlatform.install(), NodePlatform.class);
    }

    /** Looked for once. */
    private record Obstacle(Optional<String> reason) {}
}
