package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyComparisonTest {
    private final BucketPlan plan = ObjectStorePlanner.plan(
            Fixtures.identity(8),
            Fixtures.store(true, null),
            StoreCapabilities.of(
                    Set.of(StoreFeature.BucketPolicy, StoreFeature.AclConditions, StoreFeature.SecureTransport)),
            StoreKeys.derived(Fixtures.identity(8)),
            Set.of(Slot.One),
            false);
    private final BucketPolicy planned = TestStore.policy(plan);
    private final String bucket = plan.bucket();

    @Test
    void the_document_itself_is_the_same() {
        assertThat(PolicyComparison.same(planned.json(), planned)).isTrue();
        assertThat(PolicyComparison.same(planned.text(), planned)).isTrue();
        assertThat(PolicyComparison.opensMore(planned.json(), planned)).isFalse();
    }

    @Test
    void order_and_lists_of_one_do_not_matter() {
        String reordered = """
                {"Statement":[
                 {"Condition":{"Bool":{"aws:SecureTransport":["false"]}},"Resource":["arn:aws:s3:::B/*","arn:aws:s3:::B"],
                  "Action":["s3:*"],"Principal":{"AWS":"*"},"Effect":"Deny","Sid":"TlsOnly"},
                 {"Sid":"NoPublicAcl","Effect":"Deny","Principal":{"AWS":["*"]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::B/*",
                  "Condition":{"StringLike":{"s3:x-amz-acl":["authenticated-read","public-*"]}}},
                 {"Sid":"TenantList","Effect":"Allow","Principal":{"AWS":"B-1"},
                  "Action":["s3:ListBucketMultipartUploads","s3:ListBucket","s3:GetBucketLocation","s3:GetBucketCORS",
                            "s3:ListBucketVersions","s3:GetBucketTagging","s3:GetBucketVersioning"],"Resource":"arn:aws:s3:::B"},
                 {"Sid":"TenantObjects","Effect":"Allow","Principal":{"AWS":"B-1"},
                  "Action":["s3:AbortMultipartUpload","s3:GetObject","s3:PutObject","s3:DeleteObject","s3:ListMultipartUploadParts",
                            "s3:PutObjectTagging","s3:GetObjectVersion","s3:GetObjectTagging"],
                  "Resource":"arn:aws:s3:::B/*"}],
                 "Version":"2012-10-17"}""".replace("B", bucket)
                .replace(bucket + "ool", "Bool")
                .replace("List" + bucket + "ucket", "ListBucket")
                .replace("Get" + bucket + "ucket", "GetBucket");

        assertThat(PolicyComparison.same(reordered, planned)).isTrue();
        assertThat(PolicyComparison.opensMore(reordered, planned)).isFalse();
    }

    /** A refusal under another condition refuses something else, or nothing. */
    @ParameterizedTest
    @CsvSource({
        "aws:SecureTransport, aws:Elsewhere",
        "Bool, BoolIfExists",
        "public-*, private-*",
    })
    void another_condition_is_another_policy(String planned, String there) {
        String changed = this.planned.json().replace(planned, there);

        assertThat(changed).isNotEqualTo(this.planned.json());
        assertThat(PolicyComparison.same(changed, this.planned)).isFalse();
        assertThat(PolicyComparison.opensMore(changed, this.planned)).isTrue();
    }

    @Test
    void no_policy_is_the_same_as_none_planned_and_opens_nothing() {
        assertThat(PolicyComparison.same(null, null)).isTrue();
        assertThat(PolicyComparison.same(null, planned)).isFalse();
        assertThat(PolicyComparison.same(planned.json(), null)).isFalse();
        assertThat(PolicyComparison.opensMore(null, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(planned.json(), null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Sid\":\"X\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{\"Sid\":\"X\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"other\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{\"Sid\":\"X\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"B-1\"},\"Action\":\"s3:DeleteObjectVersion\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{\"Sid\":\"X\",\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"B-1\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{\"Sid\":\"X\",\"effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{\"Sid\":\"X\",\"Effect\":\"Deny\",\"effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::B/*\"}",
                "{}",
                "42"
            })
    void a_foreign_statement_is_a_difference_that_opens(String statement) {
        String json = planned.json();
        String extended = json.substring(0, json.length() - 2) + "," + statement.replace("B", bucket) + "]}";

        assertThat(PolicyComparison.same(extended, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(extended, planned)).isTrue();
    }

    @Test
    void an_additional_refusal_is_a_difference_that_opens_nothing() {
        String json = planned.json();
        String extended = json.substring(0, json.length() - 2)
                + ",{\"Sid\":\"X\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::"
                + bucket + "/*\"}]}";

        assertThat(PolicyComparison.same(extended, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(extended, planned)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "[]",
                "{\"Version\":\"2012-10-17\"}",
                "{\"Version\":\"2012-10-17\",\"Statement\":[],\"Statement\":[]}"
            })
    void what_cannot_be_read_is_taken_to_open_everything(String json) {
        assertThat(PolicyComparison.same(json, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(json, planned)).isTrue();
    }

    @Test
    void a_second_spelling_of_statement_which_a_lenient_server_would_prefer_is_a_difference() {
        String json = planned.json();
        String doubled = json.substring(0, json.length() - 1)
                + ",\"statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::"
                + bucket + "/*\"}]}";

        assertThat(PolicyComparison.same(doubled, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(doubled, planned)).isTrue();
    }

    @Test
    void fewer_keys_and_fewer_actions_open_nothing() {
        String fewer = "{\"Version\":\"2012-10-17\",\"Statement\":[" + deny() + ",{\"Sid\":\"TenantObjects\","
                + "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" + bucket + "-1\"},\"Action\":\"s3:GetObject\","
                + "\"Resource\":\"arn:aws:s3:::" + bucket + "/*\"}]}";

        assertThat(PolicyComparison.same(fewer, planned)).isFalse();
        assertThat(PolicyComparison.opensMore(fewer, planned)).isFalse();
    }

    @Test
    void a_missing_refusal_opens() {
        assertThat(PolicyComparison.opensMore("{\"Version\":\"2012-10-17\",\"Statement\":[]}", planned))
                .isTrue();
    }

    private String deny() {
        String sealed = Objects.requireNonNull(plan.sealed()).json();
        return sealed.substring(sealed.indexOf('[') + 1, sealed.length() - 2);
    }
}
