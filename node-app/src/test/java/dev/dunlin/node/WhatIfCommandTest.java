package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WhatIfCommandTest {

    private static final String DISCONNECT =
            "{\"type\":\"connection/disconnect\",\"payload\":{\"peer\":\"" + RecordedNode.BEN + "\"}}";

    @TempDir
    private Path data;

    private final Program program = new Program();

    @BeforeEach
    void record() throws IOException {
        RecordedNode.day(data);
    }

    private JsonNode json() {
        return JsonMapper.builder().build().readTree(program.out());
    }

    @Test
    void aDroppedInputPartsTheFutures() {
        assertThat(program.run("whatif", data, "--at", "5", "--drop")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("last       7")
                .contains("loop       closed")
                .contains("parted     step 5, in connection")
                .contains("fields     recorded -> changed:")
                .contains("-1 connection/connect\n")
                .contains("-1 connection/connectInit\n");
        program.run("whatif", data, "--at", "5", "--drop", "--to", "5", "--json");
        assertThat(json().path("last").asLong()).isEqualTo(5);
        assertThat(json().path("parted").path("step").asLong()).isEqualTo(5);
        assertThat(json().path("parted").path("machines").path(0).asString()).isEqualTo("connection");
        assertThat(json().path("loop").path("open").asBoolean()).isFalse();
        assertThat(json().path("fields").values()).isNotEmpty();
    }

    @Test
    void aRequestWithoutAnAnswerMakesItOpenLoop() {
        program.run("log", data, "--json", "--type", "connection/connect");
        String connect = program.outLines().getFirst().replace("192.0.2.1", "192.0.2.2");
        assertThat(program.run("whatif", data, "--at", "4", "--change", connect))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("parted     step 4, in connection");
        assertThat(program.run("whatif", data, "--at", "2", "--insert", connect, "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("loop").path("open").asBoolean()).isTrue();
        assertThat(json().path("loop").path("unanswered").asLong()).isPositive();
    }

    @Test
    void anInsertedInputThatChangesNothing() {
        assertThat(program.run("whatif", data, "--at", "2", "--insert", DISCONNECT))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("parted     the futures never differ")
                .contains("machines   none\n")
                .contains("rejections +1 -0 connection/disconnect by ");
    }

    @Test
    void badInputIsOneSentence() {
        refused(ExitCode.USAGE, "--at is missing", "whatif", data, "--drop");
        refused(ExitCode.USAGE, "one of --drop, --insert, --change is needed", "whatif", data, "--at", "2");
        refused(
                ExitCode.USAGE,
                "--drop, --insert exclude one another",
                "whatif",
                data,
                "--at",
                "2",
                "--drop",
                "--insert",
                DISCONNECT);
        refused(ExitCode.USAGE, "--at is a step", "whatif", data, "--at", "0", "--drop");
        refused(ExitCode.USAGE, "--at is a step", "whatif", data, "--at", "3", "--drop", "--to", "2");
        refused(
                ExitCode.USAGE,
                "the action is no JSON: it breaks off before its end; see",
                "whatif",
                data,
                "--at",
                "2",
                "--insert",
                "{");
        refused(ExitCode.USAGE, "the action lacks the field type, ", "whatif", data, "--at", "2", "--change", "{}");
        wrong(
                "{\"typ\":\"a/b\",\"payload\":{}}",
                "the action lacks the field type, the name of what it is: typ is none; did");
        wrong(
                "{\"type\":\"connection/disconect\",\"payload\":{}}",
                "there is no action connection/disconect: did you mean connection/disconnect?");
        wrong(
                "{\"type\":\"connection/disconnect\",\"payload\":{}}",
                "connection/disconnect lacks the field peer, a peer's id, as \"12D3KooW…\"");
        wrong(
                "{\"type\":\"connection/disconnect\",\"payload\":{\"pere\":\"ann\"}}",
                "connection/disconnect has no field pere: did you mean peer, a peer's id, as ");
        wrong(
                "{\"type\":\"connection/disconnect\",\"payload\":{\"peer\":null}}",
                "the field peer of connection/disconnect is a peer's id, as \"12D3KooW…\", and null is none");
        wrong(
                "{\"type\":\"connection/connect\",\"payload\":{\"peer\":\"" + RecordedNode.ANN
                        + "\",\"addresses\":[7],\"ticket\":\"#0\"}}",
                "the field addresses of connection/connect is a list in brackets, each an address, as "
                        + "\"/ip4/192.0.2.1/tcp/4001\", and [7] is none");
        wrong(
                "{\"type\":\"connection/connectionFailed\",\"payload\":{\"dial\":1,\"peer\":\"" + RecordedNode.ANN
                        + "\",\"address\":\"/ip4/192.0.2.1/tcp/4001\",\"error\":{\"kind\":\"BROKEN\",\"text\":\"\"}}}",
                "the field kind of error of connection/connectionFailed is one of \"UNREACHABLE\", \"REFUSED\", ");
        refused(ExitCode.NO_INPUT, "the log ends at step 7: there is no step 8", "whatif", data, "--at", "8", "--drop");
        refused(
                ExitCode.NO_INPUT,
                "the log ends at step 7: there is no step 99999",
                "whatif",
                data,
                "--at",
                "99999",
                "--drop");
        String wrong = "{\"type\":\"connection/disconnect\",\"payload\":{\"peer\":\"ann\"}}";
        refused(
                ExitCode.USAGE,
                "the field peer of connection/disconnect is a peer's id",
                "whatif",
                data,
                "--at",
                "2",
                "--insert",
                wrong);
        assertThat(program.sentence())
                .contains(", and \"ann\" is none")
                .doesNotContain("instance")
                .doesNotContain("dev.dunlin");
        refused(ExitCode.NO_INPUT, "there is no directory", "whatif", data.resolve("none"), "--at", "8", "--drop");
    }

    private void wrong(String action, String beginning) {
        refused(ExitCode.USAGE, beginning, "whatif", data, "--at", "2", "--insert", action);
        assertThat(program.sentence()).doesNotContain("dev.dunlin", "tools.jackson");
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
