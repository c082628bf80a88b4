# Proves that docs_test.cmake can fail: each rule gets a document that breaks it, and documents that keep it.
# usage: cmake -DFOLDER=<scratch folder> -P docs_rejects_test.cmake
cmake_minimum_required(VERSION 3.22)

set(RULES ${CMAKE_CURRENT_LIST_DIR}/docs_test.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../support/rule_test.cmake)
function(write_base_tree)
  file(WRITE "${FOLDER}/README.md" "# Name\n\n## Two Words, and `code`!\n\n## Again\n\n## Again\n")
  file(WRITE "${FOLDER}/core/source.h" "\n")
  file(WRITE "${FOLDER}/tests/core/source_test.cpp" "\n")
endfunction()

string(REPEAT "word " 24 wide)  # 119 columns and a space
string(REPEAT "ä" 120 umlauts)  # 240 bytes
string(REPEAT "word\n" 1100 many)

rejects(docs/a.md "[text](b.md)\n" "docs/a.md:1: the link b.md leads to no file")
rejects(docs/a.md "one\n\na [text](../core/source.h) and [text](../README)\n" "docs/a.md:3: the link ../README leads to no file")
rejects(docs/a.md "![text](a.jpg)\n" "the link a.jpg leads to no file")
rejects(docs/a.md "| a | [text](b.md) |\n" "the link b.md leads to no file")
rejects(docs/a.md "[text](../README.md#two-words)\n" "the link ../README.md#two-words leads to no heading")
rejects(docs/a.md "[text](../README.md#again-2)\n" "leads to no heading")
rejects(docs/a.md "# One\n\n[text](#two)\n" "the link #two leads to no heading")
rejects(docs/a.md "```\n# One\n```\n[text](#one)\n" "the link #one leads to no heading")

rejects(docs/a.md "see `core/nothing.h`\n" "docs/a.md:1: there is no core/nothing.h")
rejects(docs/a.md "see `gone/source.h`\n" "there is no gone/source.h")
rejects(docs/a.md "run `./scripts/none.sh --all`\n" "there is no scripts/none.sh")
rejects(docs/a.md "the test `core/other_test`\n" "there is no core/other_test")

rejects(docs/a.md "${wide}more\n" "docs/a.md:1: 124 columns of prose")
rejects(docs/a.md "- ${umlauts}\n" "122 columns of prose")
rejects(docs/a.md "```\n${wide}more\n```\n${wide}more\n" "docs/a.md:4: 124 columns of prose")
rejects(README.md "one ${many}" "README.md: 1101 words; 1100 are allowed")

rejects(docs/a.md "A graphics Card.\n" "'card' is not a word")
rejects(CHANGELOG.md "Runs on two cards\n" "CHANGELOG.md:1: 'cards' is not a word")
rejects(docs/a.md "the picture's edge\n" "'picture' is not a word")
rejects(docs/a.md "| pictures |\n" "'pictures' is not a word")
rejects(docs/a.md "as the\nissue asks\n" "'the issue' is not a word")
rejects(docs/a.md "the first plan\n" "'first plan' is not a word")

accepts(docs/a.md "[text](../README.md#two-words-and-code), [again](../README.md#again-1), [web](https://example.org/none)\n")
accepts(docs/a.md "`core/source.h`, `core/`, `core/source_test`, `core/*.h`, `core/<name>.h`, `build/x`, `[a](b.md)`, a;b [3][3]\n")
accepts(docs/a.md "| ${wide}more |\n\n```\n${wide}more\n```\n${umlauts}\n")
accepts(docs/a.md "A discarded cardinal number is no picturesque issue.\n")
accepts(README.md "${many}")
