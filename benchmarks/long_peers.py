"""One long article summarized by another library, against a server: what `long.py` starts, once for each strategy.

    python benchmarks/long_peers.py URL STRATEGY WINDOW ANSWER_TOKENS ARTICLE.txt

It runs where that library is installed, and needs nothing of this project. Each is used as its own documentation does,
asynchronously where it can.
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from pathlib import Path

MODEL = "gpt-4o"
# What the instructions of LangChain's own prompts and the marks around messages take.
_AROUND = 100
_QUESTION = "Summarize the text."


async def langchain(url: str, chain_type: str, room: int | None, answer: int, text: str) -> None:
    """Summarize with `load_summarize_chain`.

    Args:
        url: The server.
        chain_type: `map_reduce` or `refine`.
        room: Tokens of a chunk, and of what is put together; None leaves both at what they are by default.
        answer: Tokens of a reply.
        text: The article.
    """
    chat = import_module("langchain_openai").ChatOpenAI(model=MODEL, base_url=url, api_key="none", max_tokens=answer)
    load = import_module("langchain_classic.chains.summarize").load_summarize_chain
    splitters = import_module("langchain_text_splitters")
    size = {"chunk_size": 1000} if room is None else {"chunk_size": room, "chunk_overlap": 0}
    splitter = splitters.RecursiveCharacterTextSplitter.from_tiktoken_encoder(model_name=MODEL, **size)
    chain = load(chat, chain_type=chain_type, **({} if room is None else {"token_max": room}))
    await chain.ainvoke({"input_documents": splitter.create_documents([text])})


async def llama_index(url: str, window: int, answer: int, text: str, *, whole: bool) -> None:
    """Summarize with `tree_summarize`, for a model with this window.

    Args:
        url: The server.
        window: Tokens that prompt and reply share.
        answer: Tokens of a reply.
        text: The article.
        whole: Hand the text over as it is, not through an index, which cuts it into nodes that overlap.
    """
    open_model = import_module("llama_index.llms.openai_like").OpenAILike
    size = {"context_window": window, "max_tokens": answer}
    llm = open_model(model=MODEL, api_base=url, api_key="none", is_chat_model=True, timeout=600, **size)
    core = import_module("llama_index.core")
    helper = core.PromptHelper(context_window=window, num_output=answer)
    if whole:
        synthesizers = import_module("llama_index.core.response_synthesizers")
        tree = synthesizers.TreeSummarize(llm=llm, prompt_helper=helper, use_async=True)
        await tree.aget_response(_QUESTION, [text])
    else:
        core.Settings.llm, core.Settings.prompt_helper = llm, helper
        index = core.SummaryIndex.from_documents([core.Document(text=text)])
        await index.as_query_engine(response_mode="tree_summarize", use_async=True).aquery(_QUESTION)


async def main() -> None:
    """Do what the arguments say."""
    url, strategy, window, answer, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    text = await asyncio.to_thread(Path(path).read_text, "utf-8")
    room = window - answer - _AROUND
    match strategy:
        case "map_reduce" | "refine":
            await langchain(url, strategy, None, answer, text)
        case "map_reduce, chunks as long as fit":
            await langchain(url, "map_reduce", room, answer, text)
        case "tree_summarize" | "tree_summarize, text as it is":
            await llama_index(url, window, answer, text, whole="," in strategy)
        case _:
            raise SystemExit(f"no strategy {strategy!r}")


if __name__ == "__main__":
    asyncio.run(main())
