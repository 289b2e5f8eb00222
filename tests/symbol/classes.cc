// SPDX-License-Identifier: MIT
// C++ with names in it that say what they are only when they are demangled.
#include <string>
#include <vector>

namespace place
{
template <typename T> struct keeper {
	std::vector<T> kept;
	__attribute__((noinline)) void keep(const T &value)
	{
		kept.push_back(value);
	}
};
} // namespace place

int main(int argc, char **argv)
{
	place::keeper<std::string> keeper;

	keeper.keep(argv[0]);
	auto longer = [](const std::string &text) __attribute__((noinline)) { return text.size(); };
	return longer(keeper.kept[0]) == (size_t)argc;
}
