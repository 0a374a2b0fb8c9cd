package dev.bulkhead.operator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.util.Random;
import java.util.Set;

/** The rooms and their rules: what is pure stays pure, and no two rooms need each other. */
@AnalyzeClasses(packages = "dev.bulkhead", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final DescribedPredicate<JavaClass> PURE = resideInAnyPackage(
                    "dev.bulkhead.api..",
                    "dev.bulkhead.operator.identity..",
                    "dev.bulkhead.operator.outcome..",
                    "dev.bulkhead.operator.validate..",
                    "dev.bulkhead.operator.boundary..",
                    "dev.bulkhead.operator.access..",
                    "dev.bulkhead.operator.network..",
                    "dev.bulkhead.operator.workflow..")
            .or(simpleNameEndingWith("Planner"))
            .as("planners and what they rest on");

    /** The API's kinds extend the model class that happens to live beside the client. */
    private static final DescribedPredicate<JavaClass> CLIENTS = resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "java.sql..",
                    "javax.sql..",
                    "org.postgresql..",
                    "com.zaxxer..",
                    "software.amazon.awssdk..",
                    "java.net.http..",
                    "java.nio.file..")
            .and(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(CustomResource.class)))
            .as("clients and files");

    private static final Set<String> ENVIRONMENT =
            Set.of("getenv", "getProperty", "getProperties", "currentTimeMillis", "nanoTime");

    @ArchTest
    static final ArchRule pure_rooms_talk_to_nobody =
            noClasses().that(PURE).should().dependOnClassesThat(CLIENTS);

    @ArchTest
    static final ArchRule pure_rooms_know_no_time_and_no_chance = noClasses()
            .that(PURE)
            .should()
            .dependOnClassesThat(JavaClass.Predicates.assignableTo(Clock.class)
                    .or(JavaClass.Predicates.assignableTo(Random.class)))
            .orShould()
            .callMethodWhere(describe("asks for the time or the environment", ArchitectureTest::readsTheWorld));

    @ArchTest
    static final ArchRule rooms_have_no_cycles =
            slices().matching("dev.bulkhead.operator.(*)..").should().beFreeOfCycles();

    private static boolean readsTheWorld(JavaCall<?> call) {
        JavaClass owner = call.getTargetOwner();
        return (owner.isEquivalentTo(System.class) && ENVIRONMENT.contains(call.getName()))
                || (owner.getPackageName().equals("java.time") && call.getName().equals("now"));
    }
}
